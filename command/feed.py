"""The consoles' end of the post: WebSocket feed, /healthz and /metrics on one port.

A console says hello with its token (admission.py), gets the rows that are on disk or what it
missed (broadcast.py), then each commit's changes and a beat every second. Commands are checked
here for shape and role and handed to the post, each once (once.py); the answer follows the commit.

`publish` is synchronous and never waits: each console has a bounded queue and a writer of its own.
A console that does not keep up is folded to the latest rows, then cut; the others notice nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NoReturn, Protocol

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge
from prometheus_client import generate_latest as metrics_text
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Origin

from command.admission import Door, Line, Socket, refusal, text_of
from command.broadcast import (
    Limits,
    Mirror,
    Note,
    Patch,
    Row,
    encode,
    encode_fast,
    frame,
    position,
)
from command.cleaning import cleaned
from command.errors import ConfigError
from command.messages import (
    MAX_BYTES,
    Command,
    CommandResult,
    FrameError,
    Look,
    Unwatch,
    Watch,
    may,
    read_command,
)
from command.once import Once, Unanswered
from sensors.words import tr

log = structlog.get_logger("feed")

VIEWER = "viewer"  # who has an incident open; like the detail of it, in no log
DETAIL = "detail"  # its timeline, and why this team
_BROKEN = 1011  # close code: our fault, come back


@dataclass(frozen=True, slots=True)
class Health:
    """For /healthz: `ok`, why not, and whatever else an operator wants to see."""

    ok: bool
    reasons: Sequence[str] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


class FeedSource(Protocol):
    """What the feed needs of the post. What is not async is quick, and does not wait."""

    def snapshot(self) -> Mapping[str, Mapping[str, Row]]:
        """All rows as JSON values; asked for by `serve`, `load` and `publish` only."""

    def position(self) -> str:
        """The log position of `snapshot`, "e1-42"."""

    async def authenticate(self, token: str) -> tuple[str, str] | None:
        """Name and role behind a token; raises FengsuiError when that cannot be told now."""

    async def execute(self, command: Command, by: str, role: str) -> CommandResult:
        """Decide, commit, answer. The same command id again gets the first answer."""

    def beat(self) -> Mapping[str, Any]:
        """The post's clock, position, epoch, load."""

    def health(self) -> Health:
        """Whether the post does its work."""

    def watched(self, incident: str, *, anybody: bool) -> None:
        """Consoles have this incident open, or none has any longer."""

    def seen(self, position: str) -> None:
        """A known console has seen this position, which is not in our log."""


class _Left(Exception):  # noqa: N818 - an end, not an error
    """The connection is closed, whichever side did it."""


class Feed:
    """The server and its consoles. `root` "fsx" makes it an exercise's, where trainers may act."""

    def __init__(
        self,
        *,
        source: FeedSource,
        root: str,
        registry: CollectorRegistry | None = None,
        origins: Sequence[str] = (),
        limits: Limits | None = None,
        listen: Listen | None = None,
    ) -> None:
        self._source = source
        self._exercise = root == "fsx"
        self.origins = [None, *(Origin(origin) for origin in origins)]
        self.limits = limits or Limits()
        self._listen = listen or sockets
        self._mirror = Mirror(self.limits)
        self._door = Door(source.authenticate, self.limits)
        self._once = Once(source.execute, self.limits.answers)
        self._lines: set[Line] = set()
        self._port: int | None = None
        self._bound = asyncio.Event()
        self._measure(registry or CollectorRegistry())

    def _measure(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._consoles = Gauge("fengsui_consoles", "Consoles connected", registry=registry)
        self._consoles.set_function(lambda: len(self._lines))
        self._cuts = Counter("fengsui_consoles_cut", "Consoles cut", ["why"], registry=registry)
        labels = ["do", "outcome"]
        self._commands = Counter("fengsui_commands", "Commands", labels, registry=registry)

    # --- for the post

    async def serve(self, host: str, port: int) -> None:
        """Listen until cancelled; port 0 takes a free one. Raises ConfigError if it cannot."""
        if not self._mirror.at:
            self.load()
        async with self._listen(self, host, port) as self._port:
            self._bound.set()
            try:
                await self._beats()
            finally:
                self._stop()

    async def listening(self) -> int:
        """Wait until the feed listens; its port."""
        await self._bound.wait()
        return self.port

    @property
    def port(self) -> int:
        """The port listened on, 0 before that."""
        return self._port or 0

    @property
    def consoles(self) -> list[tuple[str, str]]:
        """Name and role of each console that is connected."""
        return sorted((line.name, line.role) for line in self._lines)

    def load(self) -> None:
        """Take all rows from the source: after the world was built, or built again. Synchronous.

        Consoles that are connected get what differs.
        """
        kept = {VIEWER, DETAIL}
        self._send(self._mirror.load(self._source.position(), self._source.snapshot(), kept))

    def publish(self, at: str, rows: Mapping[str, Mapping[str, Row | None]]) -> None:
        """After each commit: the rows that it changed, None for one that is gone. Never waits."""
        if self._mirror.continues(at):
            self._send(self._mirror.apply(at, rows))
        else:
            self.load()

    def show(self, rows: Mapping[str, Mapping[str, Row | None]]) -> None:
        """Rows that are in no log, as they are between two commits."""
        self._send(self._mirror.apply(self._mirror.at, rows))

    # --- the server

    def _stop(self) -> None:
        """The server says goodbye to all; who does not listen is not waited for."""
        for line in list(self._lines):
            self._lines.discard(line)
            asyncio.get_running_loop().call_later(self.limits.close_s, line.abort)
        self._once.stop()

    async def _beats(self) -> NoReturn:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            self._pulse()
            due = max(due + self.limits.beat_s, loop.time())
            await asyncio.sleep(due - loop.time())

    def _pulse(self) -> None:
        beat = self._beat()
        for line in list(self._lines):
            if line.stuck() >= self.limits.stuck_beats:
                self._cut(line, "stuck")
            else:
                self._put(line, beat)

    def _beat(self) -> Note:
        return Note(encode_fast({"beat": dict(self._source.beat())}), beat=True)

    # --- to the consoles

    def _send(self, patch: Patch) -> None:
        if patch.cells:
            for line in list(self._lines):
                self._put(line, patch)

    def _put(self, line: Line, item: Patch | Note) -> None:
        if line in self._lines and not line.outbox.put(item):
            self._cut(line, "slow")

    def _cut(self, line: Line, why: str) -> None:
        log.warning("console cut", name=line.name, why=why)
        self._cuts.labels(why).inc()
        line.abort()
        self._leave(line)

    # --- one console

    async def console(self, ws: Socket) -> None:
        """From its hello to its end."""
        line = await self._door.admit(ws)
        if line is None:
            return
        opening = self._join(line)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._write(line, opening), name=f"feed-write-{line.name}")
                tasks.create_task(self._read(line), name=f"feed-read-{line.name}")
                tasks.create_task(_until_closed(ws), name=f"feed-close-{line.name}")
        except* (ConnectionClosed, _Left):
            log.info("console left", name=line.name)
        except* Unanswered:  # it asks again with the same id when it is back
            await ws.close(_BROKEN, "unanswered")
        finally:
            self._leave(line)

    def _join(self, line: Line) -> Iterator[bytes]:
        """The frames that a console starts with. From here on it is owed every change: nothing is
        awaited between taking its rows and adding it.
        """
        since, ours = position(line.hello.since), position(self._mirror.at)
        opening = self._opening(line, since)
        self._lines.add(line)
        self._put(line, self._beat())
        log.info("console joined", name=line.name, role=line.role, client=line.hello.client)
        if since and ours and (since[0] != ours[0] or since > ours):
            self._source.seen(f"e{since[0]}-{since[1]}")
        return opening

    def _opening(self, line: Line, since: tuple[int, int] | None) -> Iterator[bytes]:
        missed = None if since is None else self._mirror.resume(since)
        who = {"role": line.role, "name": line.name}
        if missed is not None:
            return iter([frame("rows", missed, at=self._mirror.at, **who, resumed=True)])
        # Who does not say what it is gets the one frame of contract v1, without parts.
        return self._mirror.snapshot(in_parts=line.hello.client is not None, **who)

    def _leave(self, line: Line) -> None:
        if line in self._lines:
            self._lines.discard(line)
            self._show_viewers(line.watching)

    async def _write(self, line: Line, opening: Iterator[bytes]) -> NoReturn:
        for part in opening:
            await line.send(part)
        while True:
            await line.send(await line.outbox.take())

    async def _read(self, line: Line) -> NoReturn:
        """One frame after the other: several may be under way, and are obeyed in order."""
        while True:
            await self._obey(line, await line.ws.recv())

    # --- commands

    async def _obey(self, line: Line, raw: str | bytes) -> None:
        try:
            command = self._allowed(line, read_command(text_of(raw)))
            result = await self._done(line, command)
        except FrameError as error:
            self._commands.labels("", error.code).inc()
            words = refusal(error.code, error.field, line.lang)
            self._answer(line, error.id, CommandResult(ok=False, reason=words, code=error.code))
        else:
            self._commands.labels(command.do, "ok" if result.ok else "refused").inc()
            self._answer(line, command.id, result)

    def _allowed(self, line: Line, command: Command | Look) -> Command | Look:
        if not may(line.role, command.do, self._exercise):
            raise FrameError("not_allowed", "do", command.id)
        return command

    async def _done(self, line: Line, command: Command | Look) -> CommandResult:
        if isinstance(command, Watch | Unwatch):
            return self._look(line, command)
        return await self._once.result(cleaned(command), line.name, line.role)

    def _answer(self, line: Line, command_id: str | None, result: CommandResult) -> None:
        said = {"reason": result.reason, "code": result.code, "by": result.by}
        fields = {name: value for name, value in said.items() if value}
        self._put(line, Note(encode({"id": command_id, "ok": result.ok} | fields)))

    # --- who looks at what

    def _look(self, line: Line, look: Look) -> CommandResult:
        if isinstance(look, Unwatch):
            line.watching.discard(look.incident)
        elif len(line.watching) < self.limits.watched:
            line.watching.add(look.incident)
        else:
            raise FrameError("bad_field", "incident", look.id)
        self._show_viewers({look.incident})
        return CommandResult(ok=True)

    def _show_viewers(self, incidents: set[str]) -> None:
        rows = {incident: self._viewers(incident) for incident in incidents}
        self.show({VIEWER: rows})
        for incident, row in rows.items():
            self._source.watched(incident, anybody=row is not None)

    def _viewers(self, incident: str) -> Row | None:
        names = sorted({line.name for line in self._lines if incident in line.watching})
        return {"names": names} if names else None

    # --- plain HTTP on the same port

    def http(self, ws: ServerConnection, request: Request) -> Response | None:
        """The answer to a request that is no console's."""
        path = request.path.partition("?")[0]
        if path == "/console":
            return None
        if path == "/healthz":
            return self._healthz(ws)
        if path == "/metrics":
            text = metrics_text(self._registry).decode()
            return _response(ws, HTTPStatus.OK, text, CONTENT_TYPE_LATEST)
        return ws.respond(HTTPStatus.NOT_FOUND, "/console /healthz /metrics\n")

    def _healthz(self, ws: ServerConnection) -> Response:
        health = self._source.health()
        status = HTTPStatus.OK if health.ok else HTTPStatus.SERVICE_UNAVAILABLE
        body = {**health.details, "ok": health.ok, "reasons": list(health.reasons)}
        return _response(ws, status, encode(body).decode() + "\n", "application/json")


# Opens the feed's door at a host and port; yields the port.
Listen = Callable[[Feed, str, int], AbstractAsyncContextManager[int]]


@asynccontextmanager
async def sockets(feed: Feed, host: str, port: int) -> AsyncIterator[int]:
    """On the network, for WebSocket and plain HTTP. Raises ConfigError if that cannot be."""
    try:
        server = await serve(
            feed.console,
            host,
            port,
            origins=feed.origins,
            compression=None,  # DESIGN.md section 6
            process_request=feed.http,
            max_size=MAX_BYTES,
            ping_interval=feed.limits.ping_s,
            close_timeout=feed.limits.close_s,
            logger=logging.getLogger("fengsui.feed"),
        )
    except OSError as error:
        words = tr("Cannot listen on {host}:{port}: {error}. Choose another with --listen.")
        raise ConfigError(words.format(host=host, port=port, error=error.strerror)) from error
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _until_closed(ws: Socket) -> NoReturn:
    """Ends the console's tasks at once, also one that waits for the post and not for the socket."""
    await ws.wait_closed()
    raise _Left


def _response(ws: ServerConnection, status: HTTPStatus, body: str, kind: str) -> Response:
    response = ws.respond(status, body)
    del response.headers["Content-Type"]
    response.headers["Content-Type"] = kind
    return response
