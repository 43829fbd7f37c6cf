"""The pictures of README and guide: each is a screen of the real console, and well formed."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from command.loader import digest, load
from console.cells import size_of, text_of
from simulations.player import TOWNSHIP
from simulations.screens import HEIGHT, SCENES, WIDTH, Scene, svg

SEEN = {
    "main": ("山火", "求救", "自动派出"),
    "dispatch": ("先读危险", "F3"),
    "map": ("1格", "民兵一队"),
    "flood": ("洪峰", "山洪"),
}


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_is_a_whole_screen(name: str, tmp_path: Path) -> None:
    script, until, draw = SCENES[name]
    township = load(TOWNSHIP)
    scene = Scene(township, digest(TOWNSHIP), "zh")
    scene.play(script(township), until)
    lines = draw(scene)
    assert len(lines) == HEIGHT
    assert {size_of(line) for line in lines} == {WIDTH}
    text = "\n".join(text_of(line) for line in lines)
    assert [word for word in SEEN[name] if word not in text] == []
    picture = ET.fromstring(svg(lines, name))
    drawn = "".join(each.text or "" for each in picture.iter() if each.tag.endswith("text"))
    assert drawn.replace(" ", "") == text.replace("\n", "").replace(" ", "")
