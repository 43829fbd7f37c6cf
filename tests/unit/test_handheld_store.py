"""The journal on disk: torn lines, damage, a full disk, a second process, kill -9."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from handheld_make import T0, Bench, make_order

from sensors.handheld import core
from sensors.handheld.facts import Seen, to_line
from sensors.handheld.store import COMPACT_AFTER, FolderInUseError, Store, StoreError


def full_bench() -> Bench:
    bench = Bench()
    bench.take(make_order("O-1", hazards=("电线落地",), text="先看风向"))
    bench.take(make_order("O-2"))
    bench.fold(core.alarm(bench.state, {"kind": "smoke"}, T0))
    return bench


@contextmanager
def opened(folder: Path, compact_after: int = COMPACT_AFTER) -> Iterator[Store]:
    store = Store.open(folder, T0, compact_after)
    try:
        yield store
    finally:
        store.close()


def journal(folder: Path) -> Path:
    return folder / "journal.jsonl"


def test_what_was_appended_is_there_after_a_restart(tmp_path: Path) -> None:
    bench = full_bench()
    with opened(tmp_path) as store:
        store.append(bench.facts)
        assert store.state == bench.state
    with opened(tmp_path) as store:
        assert store.state == bench.state
        assert store.damaged == 0


@pytest.mark.parametrize("cut", [1, 2, 17])
def test_a_torn_last_line_is_put_aside_and_the_rest_is_kept(tmp_path: Path, cut: int) -> None:
    bench = full_bench()
    with opened(tmp_path) as store:
        store.append(bench.facts[:-1])
    whole = to_line(bench.facts[-1])
    with journal(tmp_path).open("ab") as file:
        file.write(whole[:-cut])
    with opened(tmp_path) as store:
        assert store.damaged == 1
        assert len(store.state.held) == 2
        assert len(store.state.outbox) == 2
        store.append(bench.facts[-1:])
    assert (tmp_path / "journal.torn").read_bytes() == whole[:-cut] + b"\n"
    with opened(tmp_path) as store:
        assert store.damaged == 0
        assert store.state == bench.state


@pytest.mark.parametrize(
    "damage", [b"\0" * 64, b"{}", b'{"fact":"what"}', b"\xff\xfe", b"[" * 5000, b'{"fact":"seen"']
)
def test_damage_in_the_middle_costs_only_that_line(tmp_path: Path, damage: bytes) -> None:
    bench = full_bench()
    with opened(tmp_path) as store:
        store.append(bench.facts)
    lines = journal(tmp_path).read_bytes().splitlines(keepends=True)
    journal(tmp_path).write_bytes(b"".join([*lines[:1], damage + b"\n", *lines[1:]]))
    with opened(tmp_path) as store:
        assert (store.damaged, store.state) == (1, bench.state)


def test_every_prefix_of_a_journal_opens_as_a_prefix_of_its_facts(tmp_path: Path) -> None:
    bench = full_bench()
    content = b"".join(map(to_line, bench.facts))
    for length in range(1, len(content), 13):
        prefix = content[:length]
        journal(tmp_path).write_bytes(prefix)
        with opened(tmp_path) as store:
            assert store.damaged == (not prefix.endswith(b"\n"))
            whole = bench.facts[: prefix.count(b"\n")]
            assert len(store.state.held) == sum(fact.fact == "took" for fact in whole)


def test_a_second_process_is_told_who_has_the_folder(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(FolderInUseError, match=str(os.getpid())):
        Store.open(tmp_path, T0)
    with opened(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot use"):
        Store.open(tmp_path / "file" / "folder", T0)


def test_compaction_keeps_the_state_and_shortens_the_file(tmp_path: Path) -> None:
    with opened(tmp_path, compact_after=50) as store:
        store.append(full_bench().facts)
        for n in range(200):
            store.append([Seen("the same notice", T0 + n)])
            store.tidy(T0)
        state = store.state
        assert journal(tmp_path).read_bytes().count(b"\n") < 80
        store.append([Seen("after", T0)])
    with opened(tmp_path) as store:
        assert store.state == state
        assert "after" in store.state.seen
    assert not journal(tmp_path).with_suffix(".new").exists()


def test_a_crash_during_compaction_leaves_the_old_journal(tmp_path: Path) -> None:
    bench = full_bench()
    with opened(tmp_path) as store:
        store.append(bench.facts)
    journal(tmp_path).with_suffix(".new").write_bytes(b'{"fact":"boo')
    with opened(tmp_path) as store:
        assert store.state == bench.state


def test_a_full_disk_refuses_the_whole_batch_and_later_takes_it(tmp_path: Path) -> None:
    """A file size limit stands in for the full disk: the kernel refuses in mid-write."""
    bench = full_bench()
    old_handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    old_limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    with opened(tmp_path) as store:
        store.append(bench.facts[:2])
        before = journal(tmp_path).read_bytes()
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, old_limit[1]))
            with pytest.raises(StoreError, match="cannot write"):
                store.append(bench.facts[2:])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, old_limit)
            signal.signal(signal.SIGXFSZ, old_handler)
        assert journal(tmp_path).read_bytes() == before
        assert set(store.state.held) == {"O-1"}
        store.append(bench.facts[2:])
        assert store.state == bench.state
    with opened(tmp_path) as store:
        assert (store.damaged, store.state) == (0, bench.state)


WRITER = """
import sys
from pathlib import Path
from sensors.handheld.facts import Seen
from sensors.handheld.store import Store
store = Store.open(Path(sys.argv[1]), 0.0)
n = 0
while True:
    n += 1
    store.append([Seen(f"k{n}", 0.0)])
    print(n, flush=True)
"""


def test_kill_9_loses_nothing_that_append_had_returned(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for _ in range(50):
        last = int(process.stdout.readline())
    process.kill()
    rest = process.stdout.read().splitlines(keepends=True)
    process.wait()
    process.stdout.close()
    last = max([last, *(int(line) for line in rest if line.endswith("\n"))])
    with opened(tmp_path) as store:  # and the lock died with its process
        assert all(f"k{n}" in store.state.seen for n in range(max(1, last - 900), last + 1))
