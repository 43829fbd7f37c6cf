"""What the feed and /healthz show of the post: rows, beat, health. Reads, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from command import tokens
from command.broadcast import position as parse_position
from command.clock import Clock
from command.core import views
from command.core.orders import place_name
from command.feed import Health
from command.hand import Delivery
from command.log import Log
from command.measures import Measures
from command.messages import Command, CommandResult
from command.mqtt import Broker
from command.post import Post
from command.profiles import Difference
from command.services import Embedded
from command.store import Storage
from sensors.normalise import normalise
from sensors.observations import Alarm
from sensors.words import tr

SHOWN_IN_HAND = 50  # alarms that are not yet on disk, one by one; the rest as a number
LOOKED_AT = 1000  # messages in hand a beat, in the search for those alarms


class Picture:
    """The feed's source. `of` gives it the post it is a picture of."""

    def __init__(
        self,
        clock: Clock,
        redis: Storage,
        store: Log,
        services: Embedded | None,
        measures: Measures,
    ) -> None:
        self.differences: Sequence[Difference] = ()
        self.drill: Callable[[], Mapping[str, Any]] | None = None  # how far it is, of a drill
        self._clock, self._redis, self._store = clock, redis, store
        self._services, self._measures = services, measures
        self._post: Post
        self._broker: Broker

    def of(self, post: Post, broker: Broker) -> None:
        """Show this post from now on."""
        self._post, self._broker = post, broker

    def snapshot(self) -> Mapping[str, Mapping[str, Any]]:
        """All rows; asked for between commits only."""
        return views.everything(self._post.world, self._post.seq, self._post.lines)

    def position(self) -> str:
        """The log position of `snapshot`."""
        return views.position(self._post.world, self._post.seq)

    async def authenticate(self, token: str) -> tuple[str, str] | None:
        """Name and role behind a token."""
        return await tokens.look_up(self._redis, token)

    async def execute(self, command: Command, by: str, role: str) -> CommandResult:
        """Into the loop, and out when it is on disk."""
        return await self._post.execute(command, by, role)

    def beat(self) -> Mapping[str, Any]:
        """Once a second: the clock that consoles go by, and what is not as it should be."""
        now, world, broker = self._clock.now(), self._post.world, self._broker.state
        self._measures.state(world, self._broker.in_hand())
        beat: dict[str, Any] = {
            "now": now,
            "at": self.position(),
            "epoch": self._store.epoch,
            "era": world.era,
            "backlog": self._broker.in_hand(),
            "unconfirmed": len(world.outbox),
            "load": self._post.load.row(now, self._post.officers()),
            "chatter": self._post.load.chatter(now),
            "shift": self._post.handover(),
            "store": {"ok": not self._why_unsaved(), "reason": self._why_unsaved()},
            "broker": {
                "ok": broker.connected,
                "reason": tr(broker.reason) if broker.reason else "",
            },
        }
        if self._why_unsaved():
            beat["unsaved"] = self._unsaved()
        if self.drill is not None:
            beat["drill"] = self.drill()
        if self._clock.speed != 1:
            beat["speed"] = self._clock.speed  # of a drill: consoles count on between two beats
        return beat

    def _why_unsaved(self) -> str:
        """Why nothing gets to disk, "" when it does."""
        return self._store.state.words() or self._post.hindrance

    def _unsaved(self) -> dict[str, Any]:
        """Alarms in hand while the store is down, marked 未落盘: shown, and promised to nobody."""
        rows = (self._unsaved_row(one) for one in self._broker.peek(LOOKED_AT))
        alarms = list(islice((row for row in rows if row is not None), SHOWN_IN_HAND))
        return {"mark": tr("not yet on disk"), "count": self._broker.in_hand(), "alarms": alarms}

    def _unsaved_row(self, delivery: Delivery) -> dict[str, Any] | None:
        seen = normalise(delivery.topic, delivery.payload, delivery.received_at, self._post.sources)
        if not isinstance(seen, Alarm):
            return None
        return {
            "source": seen.source,
            "kind": seen.kind.value,
            "place": place_name(self._post.world, seen.place),
            "text": seen.text,
            "at": delivery.received_at,
        }

    def health(self) -> Health:
        """Red with the reason: whose fault, and what to do."""
        store, broker = self._store.state, self._broker.state
        reasons = [why] if (why := self._why_unsaved()) else []
        if not broker.connected:
            reasons.append(tr("The broker is not connected: {why}").format(why=tr(broker.reason)))
        if self._post.screens_behind:
            reasons.append(tr("Consoles may be behind: a row could not be made. Restart the post."))
        services = self._services.states() if self._services else []
        for service in services:
            if not service.up:
                words = tr("The embedded {name} is down and is being restarted.")
                reasons.append(words.format(name=service.name))
        details = {
            "at": self.position(),
            "epoch": self._store.epoch,
            "in_hand": self._broker.in_hand(),
            "store": {"ok": store.ok, "reason": store.reason, "detail": store.detail},
            "broker": {
                "ok": broker.connected,
                "detail": broker.detail,
                "reconnects": broker.reconnects,
                "takeovers": broker.takeovers,
                "dropped_qos0": broker.dropped_qos0,
            },
            "services": [
                {"name": s.name, "up": s.up, "restarts": s.restarts, "last_error": s.last_error}
                for s in services
            ],
            "differences": [
                {
                    "name": d.name,
                    "found": d.found,
                    "wanted": d.wanted,
                    "risk": d.risk,
                    "remedy": d.remedy,
                }
                for d in self.differences
            ],
        }
        return Health(not reasons, reasons, details)

    def watched(self, incident: str, *, anybody: bool) -> None:
        """Its detail is shown while somebody has it open."""
        self._post.watched(incident, anybody=anybody)

    def seen(self, position: str) -> None:
        """A console has seen a position that is not in our log."""
        claimed = parse_position(position)
        if claimed is not None:
            self._post.seen(*claimed, "console")
