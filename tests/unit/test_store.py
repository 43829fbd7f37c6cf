"""How the store's troubles are named, and what of them is shown."""

from __future__ import annotations

import pytest
from redis import exceptions as e

from command.store import SENTENCES, Health, Trouble, _packed, store_error, trouble


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (e.ConnectionError("refused"), Trouble.UNREACHABLE),
        (ConnectionResetError("reset"), Trouble.UNREACHABLE),
        (e.TimeoutError("slow"), Trouble.TIMEOUT),
        (TimeoutError(), Trouble.TIMEOUT),
        (e.BusyLoadingError("loading"), Trouble.LOADING),
        (e.OutOfMemoryError("command not allowed"), Trouble.OUT_OF_MEMORY),
        (e.ReadOnlyError("replica"), Trouble.READ_ONLY),
        (e.NoPermissionError("no"), Trouble.NO_PERMISSION),
        (e.AuthenticationError("no"), Trouble.NO_PERMISSION),
        (e.AuthorizationError("no"), Trouble.NO_PERMISSION),
        (e.ResponseError("WRONGTYPE Operation"), Trouble.WRONG_TYPE),
        (e.ResponseError("MISCONF Errors writing to the AOF file"), Trouble.DISK),
        (e.ResponseError("ACL failure in script: User default"), Trouble.NO_PERMISSION),
        (e.ResponseError("NOREPLICAS Not enough"), Trouble.REFUSED),
        (e.ResponseError(""), Trouble.REFUSED),
        (e.InvalidResponse("Protocol Error"), Trouble.REFUSED),
    ],
)
def test_every_trouble_has_its_name(error: Exception, name: Trouble) -> None:
    assert trouble(error) is name


def test_every_name_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Trouble)


def test_an_error_for_a_person_is_one_clean_line() -> None:
    shown = store_error(e.ResponseError("ERR \x1b[2J\n" + "x" * 5000), "en")
    assert str(shown).isprintable()
    assert len(str(shown)) < 500
    assert not shown.retry
    assert store_error(e.ConnectionError("refused")).retry


def test_health_is_well_only_when_every_use_is() -> None:
    now = [1.0]
    health = Health(lambda: now[0])
    assert (health.state.ok, health.state.reason, health.state.since) == (True, "", 1.0)
    now[0] = 2.0
    health.failed("commit", e.OutOfMemoryError("full"))
    now[0] = 3.0
    health.failed("lease", e.ConnectionError("gone"))
    health.passed("lease")
    assert (health.state.ok, health.state.reason) == (False, "out_of_memory")
    assert (health.state.since, health.state.words("en")) == (2.0, SENTENCES[Trouble.OUT_OF_MEMORY])
    now[0] = 4.0
    health.passed("commit")
    assert (health.state.ok, health.state.since, health.state.words()) == (True, 4.0, "")


def test_a_command_is_packed_word_by_word_with_its_length_in_bytes() -> None:
    packed = _packed((b"SET", "\u70fd", 17, b"\r\n\x00"))
    assert packed == b"*4\r\n$3\r\nSET\r\n$3\r\n\xe7\x83\xbd\r\n$2\r\n17\r\n$3\r\n\r\n\x00\r\n"
