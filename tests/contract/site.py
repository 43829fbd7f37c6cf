"""A post that runs, and what a stranger does with it: a console at its feed, a voice, an ear."""

from __future__ import annotations

import contextlib
import itertools
import json
import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

from contract.outside import LIMIT_S, Ear, Json, Post, Said, encode, fengsui, now, publish


class Console:
    """A plain WebSocket client that keeps the rows it is sent."""

    def __init__(self, url: str, token: str, since: str | None = None) -> None:
        self.tables: dict[str, dict[str, Json]] = {}
        self.at = ""
        self.frames: list[Json] = []
        self.opening: Json = {}
        self._ws: ClientConnection = connect(url, max_queue=None, max_size=None).__enter__()
        self._answers: dict[str, Json] = {}
        self._frames: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self.send({"hello": {"token": token, "since": since}})
        self._reader.start()

    def opened(self) -> Self:
        """Wait for the first frame of rows."""
        self.see(lambda: self.opening)
        return self

    def send(self, frame: Json | str) -> None:
        self._ws.send(frame if isinstance(frame, str) else json.dumps(frame, ensure_ascii=False))

    def _read(self) -> None:
        with contextlib.suppress(Exception):
            for raw in self._ws:
                self._frames.put(raw if isinstance(raw, str) else raw.decode())
        self._frames.put(None)

    def _take(self, limit: float) -> None:
        try:
            raw = self._frames.get(timeout=max(limit, 0.001))
        except queue.Empty:
            raise AssertionError(f"no frame; last {self.frames[-3:]}") from None
        if raw is None:
            raise ConnectionError(f"closed: {self.frames[-1:]}")
        frame: Json = json.loads(raw)
        self.frames.append(frame)
        del self.frames[:-200]
        self._keep(frame)

    def _keep(self, frame: Json) -> None:
        rows = frame.get("snapshot", frame.get("rows"))
        if "ok" in frame and "id" in frame:
            self._answers[str(frame["id"])] = frame
        if rows is None:
            return
        self.opening = self.opening or frame
        self.at = frame["at"]
        for table, changed in rows.items():
            kept = self.tables.setdefault(table, {})
            for key, row in changed.items():
                if row is None:
                    kept.pop(key, None)
                else:
                    kept[key] = row

    def see(self, what: Callable[[], Any], limit: float = LIMIT_S) -> Any:
        """Read frames until `what()` is truthy."""
        deadline = time.monotonic() + limit
        while not (found := what()):
            self._take(deadline - time.monotonic())
        return found

    def row(self, table: str, what: Callable[[Json], Any]) -> Json:
        """The first row of `table`, now or later, for which `what` is truthy."""
        found: Json = self.see(
            lambda: next((r for r in self.tables.get(table, {}).values() if what(r)), None)
        )
        return found

    def do(self, verb: str, **fields: Any) -> Json:
        """A command, and its answer."""
        command_id = fields.pop("id", str(uuid.uuid4()))
        self._answers.pop(command_id, None)
        self.send({"id": command_id, "do": verb} | fields)
        answer: Json = self.see(lambda: self._answers.get(command_id))
        return answer

    def ok(self, verb: str, **fields: Any) -> Json:
        answer = self.do(verb, **fields)
        assert answer["ok"] is True, answer
        return answer

    def refused(self, verb: str, **fields: Any) -> Json:
        answer = self.do(verb, **fields)
        assert answer["ok"] is False, answer
        assert answer["reason"]
        return answer

    def catch_up(self) -> None:
        """Read all that was owed when this was called: an answer comes after the rows before it."""
        self.ok("unwatch", incident="I-0")

    def closed(self) -> int | None:
        """Read to the end; the close code."""
        with contextlib.suppress(ConnectionError):
            self.see(lambda: False)
        return self._ws.close_code

    def close(self) -> None:
        self._ws.close()
        self._reader.join(LIMIT_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass
class Site:
    """A post that runs, and one of each around it."""

    name: str
    store: tuple[str, ...]  # where `fengsui log` and `credentials` find its log
    arguments: tuple[str, ...]
    post: Post
    ear: Ear
    officer: Console
    tokens: dict[str, str]
    _ids: Iterator[int] = field(default_factory=itertools.count)

    @property
    def mqtt(self) -> str:
        return self.post.mqtt

    def console(self, role: str = "officer", since: str | None = None) -> Console:
        """One more console, opened."""
        return Console(self.post.feed, self.tokens[role], since).opened()

    def new_id(self, prefix: str = "m") -> str:
        return f"{prefix}-{next(self._ids)}"

    # --- saying

    def say(self, name: str, kind: str, payload: Json | bytes, **how: Any) -> None:
        raw = payload if isinstance(payload, bytes) else encode(payload)
        publish(self.mqtt, f"fs/jingming/{name}/{kind}", raw, **how)

    def alarm(self, source: str, kind: str, **fields: Any) -> Json:
        """An alarm and the line of its receipt."""
        return self.receipted(source, "alarm", {"kind": kind} | fields)

    def receipted(self, source: str, topic: str, payload: Json, **how: Any) -> Json:
        """A message with an id and a time, and the line of its receipt."""
        message = {"id": self.new_id(topic), "at": now()} | payload
        start = self.ear.mark
        self.say(source, topic, message, **how)
        return self.receipt(source, str(message["id"]), start)

    def receipt(self, source: str, message_id: str, start: int = 0) -> Json:
        """The line for `message_id` on the source's receipt topic."""

        def lines(said: Said) -> list[Json]:
            if said.kind != "receipt" or said.name != source:
                return []
            return [line for line in said.json["receipts"] if line["id"] == message_id]

        found: Json = lines(self.ear.hear(lines, start))[0]
        return found

    def opened(self, source: str, kind: str, **fields: Any) -> str:
        """The incident that an alarm opened."""
        line = self.alarm(source, kind, **fields)
        assert line["outcome"] == "opened", line
        return str(line["incident_id"])

    # --- hearing

    def incident(self, ident: str, **fields: Any) -> Json:
        """The row of an incident or case, now or later, with these fields."""

        def wanted() -> Json | None:
            for table in ("incident", "case"):
                row = self.officer.tables.get(table, {}).get(ident)
                if row and all(row[name] == value for name, value in fields.items()):
                    return row
            return None

        self.officer.catch_up()
        row: Json = self.officer.see(wanted)
        return row

    def assignment(self, order: Json, **fields: Any) -> Json:
        """The row of an order's assignment, now or later, with these fields."""
        self.officer.catch_up()
        wanted = fields | {"order_id": order["order_id"]}
        return self.officer.row(
            "assignment", lambda row: all(row[name] == value for name, value in wanted.items())
        )

    def units_on(self, incident: str) -> set[str]:
        """Every unit that was ordered to an incident so far, committed and not only published."""
        self.officer.catch_up()
        rows = self.officer.tables["assignment"].values()
        return {row["unit"] for row in rows if row["incident"] == incident}

    def order(self, incident: str, start: int = 0, **fields: Any) -> Json:
        """The first order of an incident, now or later, with these fields."""

        def wanted(said: Said) -> bool:
            if said.kind != "order" or said.json["incident_id"] != incident:
                return False
            return all(said.json[name] == value for name, value in fields.items())

        order: Json = self.ear.hear(wanted, start).json
        return order

    def reply(self, order: Json, status: str, **fields: Any) -> Json:
        """An answer of the order's unit, and its receipt."""
        payload = {"order_id": order["order_id"], "unit": order["unit"], "status": status}
        return self.receipted(order["unit"], "reply", payload | fields)

    def log(self, *arguments: str) -> list[Json]:
        """The log as the command line prints it."""
        done = fengsui("log", *self.store, *arguments)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def line(self, event: str, **fields: Any) -> Json:
        """The first log line of the feed, now or later, with these fields."""

        def wanted(row: Json) -> bool:
            return row["event"] == event and all(row.get(k) == v for k, v in fields.items())

        return self.officer.row("log", wanted)

    def tidy(self) -> None:
        """End what runs: a test's teams are free for the next."""
        self.officer.catch_up()
        for table in ("incident", "case"):
            for row in list(self.officer.tables.get(table, {}).values()):
                if row["state"] in {"open", "assigned", "working", "resolved"}:
                    self.officer.ok("false_alarm", incident=row["id"])
