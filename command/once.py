"""Each command once: a repeated id gets the first answer, also while the first is under way.

A command, once begun, belongs to the post: a console that leaves does not take it back. Only
commands that were answered are remembered; where the post could not say what became of one, the
console asks again with the same id, and the core, which remembers ids in the log, knows.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from command.messages import Command, CommandResult, FrameError, write_command

log = structlog.get_logger("feed")

Execute = Callable[[Command, str, str], Coroutine[Any, Any, CommandResult]]


class Unanswered(Exception):  # noqa: N818 - nobody knows yet whether it was done
    """The post ended or failed in the middle of a command: neither yes nor no can be answered."""


@dataclass(frozen=True, slots=True)
class _Begun:
    digest: bytes  # of the command, so that texts and callers are not kept for its sake
    task: asyncio.Task[CommandResult]


class Once:
    """The commands under way, and the last `keep` that were answered, by (name, command id)."""

    def __init__(self, execute: Execute, keep: int) -> None:
        self._execute = execute
        self._keep = keep
        self._begun: OrderedDict[tuple[str, str], _Begun] = OrderedDict()

    async def result(self, command: Command, name: str, role: str) -> CommandResult:
        """The answer to `command`, begun now or before. Raises FrameError when its id was another
        command's, Unanswered when there will be no answer.
        """
        key, digest = (name, command.id), hashlib.sha256(write_command(command).encode()).digest()
        begun = self._begun.get(key) or self._begin(key, digest, command, role)
        if begun.digest != digest:
            raise FrameError("id_reused", "id", command.id)
        # Unlike awaiting the task, this leaves it alone when we are cancelled: the console left.
        await asyncio.wait({begun.task})
        if begun.task.cancelled() or begun.task.exception() is not None:
            raise Unanswered(command.id) from None
        return begun.task.result()

    def stop(self) -> None:
        """Nobody waits for answers any more."""
        for begun in list(self._begun.values()):
            begun.task.cancel()

    def _begin(self, key: tuple[str, str], digest: bytes, command: Command, role: str) -> _Begun:
        work = self._execute(command, key[0], role)
        task = asyncio.create_task(work, name=f"command-{command.do}")
        task.add_done_callback(lambda done: self._ended(key, done))
        self._begun[key] = begun = _Begun(digest, task)
        return begun

    def _ended(self, key: tuple[str, str], task: asyncio.Task[CommandResult]) -> None:
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            log.error("command failed", command=key[1], by=key[0], exc_info=failure)
        if failure is not None or task.cancelled():
            del self._begun[key]
        self._forget_oldest()

    def _forget_oldest(self) -> None:
        while len(self._begun) > self._keep and next(iter(self._begun.values())).task.done():
            self._begun.popitem(last=False)
