"""The archive on a real disk: nothing changed, lost or half written goes unseen."""

from __future__ import annotations

import fcntl
import hashlib
import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from command.archive import Archive, ArchiveDamaged
from command.errors import StoreError


def entry(seq: int) -> tuple[int, bytes]:
    return seq, json.dumps({"v": 1, "text": f"雷家沟村 {seq}"}, ensure_ascii=False).encode()


def entries(first: int, last: int) -> list[tuple[int, bytes]]:
    return [entry(seq) for seq in range(first, last + 1)]


def archive(folder: Path, *, roll_bytes: int = 1 << 20) -> Archive:
    return Archive(folder, "fs", "jingming", roll_bytes=roll_bytes)


def files(folder: Path) -> list[Path]:
    return sorted((folder / "archive" / "fs-jingming").glob("*.jsonl"))


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def test_an_empty_archive(tmp_path: Path) -> None:
    empty = archive(tmp_path)
    assert (empty.last_seq(), empty.torn_bytes(), list(empty.read())) == (0, 0, [])
    assert empty.verify().problem == ""
    assert empty.append([]) == 0


def test_what_was_appended_is_read(tmp_path: Path) -> None:
    assert archive(tmp_path).append(entries(1, 3)) == 3
    assert archive(tmp_path).append(entries(4, 9)) == 9
    again = archive(tmp_path)
    assert list(again.read()) == entries(1, 9)
    assert list(again.read(7)) == entries(8, 9)
    assert list(again.read(9)) == []
    verdict = again.verify()
    assert (verdict.entries, verdict.first, verdict.last, verdict.problem) == (9, 1, 9, "")


def test_the_format_is_the_one_described(tmp_path: Path) -> None:
    archive(tmp_path).append(entries(1, 2))
    (path,) = files(tmp_path)
    assert path.name == "0000000001.jsonl"
    chain = "0" * 64
    for seq, raw in enumerate(lines(path), 1):
        document = json.loads(raw)
        data = entry(seq)[1]
        chain = hashlib.sha256(chain.encode() + data).hexdigest()
        assert document == {"seq": seq, "data": data.decode(), "chain": chain}


def test_files_roll_and_are_one_chain(tmp_path: Path) -> None:
    rolling = archive(tmp_path, roll_bytes=300)
    for seq in range(1, 21):
        rolling.append([entry(seq)])
    assert len(files(tmp_path)) > 3
    assert list(rolling.read()) == entries(1, 20)
    for after in range(21):
        assert list(rolling.read(after)) == entries(after + 1, 20)
    assert rolling.verify().entries == 20


def test_it_may_begin_later_than_the_log(tmp_path: Path) -> None:
    late = archive(tmp_path)
    late.append(entries(501, 503))
    assert list(late.read()) == entries(501, 503)
    assert (late.verify().first, late.verify().problem) == (501, "")


@pytest.mark.parametrize("seq", [1, 3, 5, 0])
def test_what_does_not_follow_is_refused(tmp_path: Path, seq: int) -> None:
    store = archive(tmp_path)
    store.append(entries(1, 3))
    with pytest.raises(StoreError):
        store.append([entry(seq)])
    with pytest.raises(StoreError):
        store.append([entry(4), entry(6)])
    assert list(store.read()) == entries(1, 3)


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    store = archive(tmp_path)
    store.append(entries(1, 1))
    with pytest.raises(StoreError):
        store.append([entry(2), (3, b"\xff")])
    assert list(store.read()) == entries(1, 1)


def _change_data(raw: list[bytes]) -> None:
    raw[3] = raw[3].replace("雷家沟村".encode(), "紫荆村村".encode())


def _change_data_and_chain(raw: list[bytes]) -> None:
    document = json.loads(raw[3])
    before = json.loads(raw[2])["chain"]
    document["data"] = document["data"].replace("雷家沟村", "紫荆村村")
    chain = hashlib.sha256(before.encode() + document["data"].encode()).hexdigest()
    raw[3] = json.dumps({**document, "chain": chain}, ensure_ascii=False).encode() + b"\n"


def _remove(raw: list[bytes]) -> None:
    del raw[3]


def _exchange(raw: list[bytes]) -> None:
    raw[3], raw[4] = raw[4], raw[3]


def _double(raw: list[bytes]) -> None:
    raw.insert(3, raw[3])


def _renumber(raw: list[bytes]) -> None:
    raw[3] = raw[3].replace(b'"seq": 4', b'"seq": 44')


def _spoil(raw: list[bytes]) -> None:
    raw[3] = b"\x00" * 40 + b"\n"


def _other_json(raw: list[bytes]) -> None:
    raw[3] = b'["seq"]\n'


@pytest.mark.parametrize(
    "tamper",
    [
        _change_data,
        _change_data_and_chain,
        _remove,
        _exchange,
        _double,
        _renumber,
        _spoil,
        _other_json,
    ],
)
def test_tampering_is_found(tmp_path: Path, tamper: object) -> None:
    store = archive(tmp_path)
    store.append(entries(1, 9))
    (path,) = files(tmp_path)
    raw = lines(path)
    assert callable(tamper)
    tamper(raw)
    path.write_bytes(b"".join(raw))
    verdict = store.verify()
    assert path.name in verdict.problem
    assert verdict.last in (3, 4)  # with its own chain put right, the next line shows it
    with pytest.raises(ArchiveDamaged):
        list(store.read())


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_missing_file_is_found(tmp_path: Path, gone: int) -> None:
    store = archive(tmp_path, roll_bytes=1)
    for seq in range(1, 5):
        store.append([entry(seq)])
    files(tmp_path)[gone].unlink()
    assert store.verify().problem


def test_a_torn_tail_is_reported_and_mended(tmp_path: Path) -> None:
    store = archive(tmp_path)
    store.append(entries(1, 4))
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    last = lines(path)[-1]
    for kept in range(1, len(last)):
        path.write_bytes(whole[: len(whole) - kept])
        torn = len(last) - kept
        assert (store.last_seq(), store.torn_bytes()) == (3, torn)
        assert store.verify().torn_bytes == torn
        assert list(store.read()) == entries(1, 3)
        assert store.append([entry(4)]) == 4
        assert path.read_bytes() == whole


def test_a_torn_first_line_of_a_new_file(tmp_path: Path) -> None:
    store = archive(tmp_path, roll_bytes=1)
    store.append([entry(1)])
    store.append([entry(2)])
    path = files(tmp_path)[-1]
    path.write_bytes(path.read_bytes()[:20])
    assert (store.last_seq(), store.torn_bytes()) == (1, 20)
    assert list(store.read()) == [entry(1)]
    assert store.append([entry(2)]) == 2
    assert store.append([entry(3)]) == 3
    assert list(store.read()) == entries(1, 3)


def test_a_tear_in_an_older_file_is_damage(tmp_path: Path) -> None:
    store = archive(tmp_path, roll_bytes=1)
    for seq in (1, 2, 3):
        store.append([entry(seq)])
    path = files(tmp_path)[1]
    path.write_bytes(path.read_bytes()[:-5])
    assert store.verify().problem


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """The system refuses to write on beyond `size` bytes, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    store = archive(tmp_path)
    store.append(entries(1, 3))
    (path,) = files(tmp_path)
    before = path.read_bytes()
    with files_no_larger_than(len(before) + 50), pytest.raises(StoreError):
        store.append(entries(4, 6))
    assert path.read_bytes() == before
    assert store.append(entries(4, 6)) == 6


def test_two_writers_at_once_are_refused(tmp_path: Path) -> None:
    store = archive(tmp_path)
    store.append(entries(1, 3))
    with (store.folder / "lock").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(StoreError):
            store.append(entries(4, 4))
    assert store.append(entries(4, 4)) == 4


def test_roots_and_townships_are_apart(tmp_path: Path) -> None:
    archive(tmp_path).append(entries(1, 3))
    for other in (Archive(tmp_path, "fsx", "jingming"), Archive(tmp_path, "fs", "other")):
        assert other.last_seq() == 0


@pytest.mark.parametrize("roll_bytes", [1, 300, 1 << 20])
@pytest.mark.parametrize("after", range(11))
def test_what_is_set_aside_is_kept_beside(tmp_path: Path, after: int, roll_bytes: int) -> None:
    store = archive(tmp_path, roll_bytes=roll_bytes)
    for seq in range(1, 11):
        store.append([entry(seq)])
    before = {path.name: path.read_bytes() for path in files(tmp_path)}
    folder = store.set_aside(after)
    assert list(store.read()) == entries(1, after)
    assert store.verify().problem == ""
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert kept == {name: before[name] for name in kept}
    assert {path.name for path in files(tmp_path)} | set(kept) == set(before)
    assert store.append(entries(after + 1, 12)) == 12
    assert list(store.read()) == entries(1, 12)
    assert store.set_aside(after) != folder


@given(
    pages=st.lists(st.lists(st.text(max_size=200), min_size=1, max_size=4), max_size=6),
    roll_bytes=st.integers(1, 2000),
)
@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, pages: list[list[str]], roll_bytes: int
) -> None:
    folder = tmp_path_factory.mktemp("any")
    store = archive(folder, roll_bytes=roll_bytes)
    written: list[tuple[int, bytes]] = []
    for page in pages:
        numbered = [(len(written) + i, text.encode()) for i, text in enumerate(page, 1)]
        store.append(numbered)
        written += numbered
    assert list(store.read()) == written
    assert store.last_seq() == len(written)
    assert store.verify().problem == ""


def test_long_lines_are_found_from_the_end(tmp_path: Path) -> None:
    store = archive(tmp_path)
    long = [(1, b"a" * 300_000), (2, b"b" * 200_000), (3, b"c")]
    for one in long:
        store.append([one])
    assert store.last_seq() == 3
    assert list(store.read()) == long
