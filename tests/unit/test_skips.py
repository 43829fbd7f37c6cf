"""With FENGSUI_CI=1 nothing may be skipped; without it, what is not installed is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]


def outcome(folder: Path, source: str, ci: str) -> str:
    """The last line that pytest prints for a file with this source."""
    (folder / "test_it.py").write_text(source, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "conftest", "-p", "no:cacheprovider", "."],
        cwd=folder,
        env={**os.environ, "FENGSUI_CI": ci, "PYTHONPATH": f"{TESTS}:{TESTS.parent}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return run.stdout


@pytest.mark.parametrize(
    ("source", "open_to_skips", "strict"),
    [
        ("import pytest\ndef test_a(): pytest.skip('not here')", "1 skipped", "1 failed"),
        ("import pytest\n@pytest.mark.skip('no')\ndef test_a(): ...", "1 skipped", "1 error"),
        ("import pytest\npytest.skip('no', allow_module_level=True)", "1 skipped", "1 error"),
        ("def test_a(): ...", "1 passed", "1 passed"),
    ],
)
def test_a_skip_is_a_failure_under_ci(
    tmp_path: Path, source: str, open_to_skips: str, strict: str
) -> None:
    assert open_to_skips in outcome(tmp_path, source, "0")
    assert strict in outcome(tmp_path, source, "1")


def test_the_reason_is_told(tmp_path: Path) -> None:
    source = "import pytest\ndef test_a(): pytest.skip('mosquitto is not installed')"
    assert "mosquitto is not installed" in outcome(tmp_path, source, "1")
