"""SVG out of values. Every text and every attribute is escaped here, and nowhere else. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sensors.text import clean

LABEL = 60  # characters of a label


@dataclass(frozen=True, slots=True)
class Svg:
    """A finished drawing: the markup is ours, all text in it is escaped."""

    markup: str


XY = tuple[float, float]


def element(name: str, inner: str = "", /, **attributes: str | float | None) -> str:
    """One element. `class_` gives class, `stroke_width` stroke-width; None leaves one out."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{said}>{inner}</{name}>" if inner else f"<{name}{said}/>"


def text(at: XY, words: str, **attributes: str | float | None) -> str:
    """A label on one line."""
    said = html.escape(clean(words, LABEL))
    return element("text", said, x=at[0], y=at[1], **attributes) if said else ""


def line(start: XY, end: XY, **attributes: str | float | None) -> str:
    """A straight line."""
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], **attributes)


def rect(
    at: XY, width: float, height: float, title: str = "", **attributes: str | float | None
) -> str:
    """A box; a `title` is shown when the pointer rests on it."""
    inner = element("title", html.escape(clean(title, LABEL * 2))) if title else ""
    return element(
        "rect", inner, x=at[0], y=at[1], width=max(0.0, width), height=height, **attributes
    )


def path(points: Sequence[XY], *, closed: bool, **attributes: str | float | None) -> str:
    """An area or a line through points; "" for fewer than two."""
    if len(points) < 2:
        return ""
    steps = "L".join(f"{_plain(x)} {_plain(y)}" for x, y in points)
    return element("path", d=f"M{steps}{'Z' if closed else ''}", **attributes)


def drawing(width: float, height: float, title: str, parts: Iterable[str]) -> Svg:
    """The whole picture; `title` says to who cannot see it what it shows."""
    said = html.escape(clean(title, LABEL * 2))
    inner = element("title", said) + "".join(parts)
    return Svg(
        element(
            "svg",
            inner,
            viewBox=f"0 0 {_plain(width)} {_plain(height)}",
            role="img",
            xmlns="http://www.w3.org/2000/svg",
        )
    )


def _plain(value: object) -> str:
    """Numbers with two places at most: a drawing need not be more exact, only smaller."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
