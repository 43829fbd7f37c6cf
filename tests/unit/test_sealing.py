"""Sealed files: written before the log names them, opened with their key, gone without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from command.core.commands import Ordered
from command.errors import StoreError
from command.messages import ReportAlarm
from command.sealing import Sealer
from sensors.observations import Alarm, AlarmKind


def _alarm(text: str) -> Alarm:
    return Alarm(
        source="rangers-1",
        received_at=1.0,
        message_id="a-1",
        digest="d1",
        kind=AlarmKind.SMOKE,
        text=text,
    )


def test_a_message_without_personal_data_is_untouched(tmp_path: Path) -> None:
    alarm = _alarm("对面山坡冒烟")
    assert Sealer(tmp_path).clean(alarm) is alarm
    assert not (tmp_path / "sealed").exists()


def test_a_telephone_number_goes_into_a_sealed_file_once(tmp_path: Path) -> None:
    sealer = Sealer(tmp_path)
    first = sealer.clean(_alarm("冒烟,回电13812345678"))
    again = sealer.clean(_alarm("冒烟,回电13812345678"))
    assert isinstance(first, Alarm)
    assert "138" not in first.text
    assert first == again
    assert sealer.open(first.sealed) == {"found": ["13812345678"]}
    assert b"138" not in (tmp_path / "sealed" / f"{first.sealed}.bin").read_bytes()


def test_a_caller_goes_whole(tmp_path: Path) -> None:
    sealer = Sealer(tmp_path)
    said = ReportAlarm(id="c-1", kind="fire", text="着火", caller="村口小卖部 0933-1234567")
    sealed = sealer.clean_command(Ordered(said, "desk", "officer"))
    assert isinstance(sealed.command, ReportAlarm)
    assert sealed.command.caller == ""
    content = sealer.open(sealed.sealed)
    assert content is not None
    assert content["caller"] == "村口小卖部 0933-1234567"


def test_without_its_key_a_file_is_forgotten(tmp_path: Path) -> None:
    sealer = Sealer(tmp_path)
    file = sealer.seal("x", {"found": ["13812345678"]})
    assert sealer.forget(file)
    assert sealer.open(file) is None
    assert not sealer.forget(file)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    sealer = Sealer(tmp_path)
    file = sealer.seal("x", {})
    (tmp_path / "sealed" / f"{file}.bin").write_bytes(b"not ours")
    with pytest.raises(StoreError, match=file):
        sealer.open(file)
