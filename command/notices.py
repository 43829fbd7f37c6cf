"""Notices on their way to the broker: worded here, sent until the broker says that it has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from pydantic_core import to_json

from command.core import events as e
from command.core.orders import DRILL_MARK, place_name, rfc3339
from command.core.reasons import Reason
from command.core.world import Notice, World
from sensors.topics import notice_topic
from sensors.words import tr

AGAIN_S = 10.0  # a connection that was lost in between tells us nothing more

Publish = Callable[[str, bytes, Callable[[], None]], bool]


class Notices:
    """Those that wait in the world, and when each was last tried. Moments are the post's clock."""

    def __init__(self, world: World) -> None:
        self._tried: dict[str, float] = {
            ident: float("-inf") for ident, one in world.notices.items() if one.sent_at is None
        }

    def follow(self, events: Iterable[e.Event]) -> None:
        """Take committed events into account. Returns at once when none is a notice's."""
        for event in events:
            if isinstance(event, e.NoticeIssued):
                self._tried[event.notice] = float("-inf")
            elif isinstance(event, e.NoticeSent):
                self._tried.pop(event.notice, None)

    def send(self, world: World, now: float, publish: Publish, sent: Callable[[str], None]) -> None:
        """All whose time has come; what the network does not take is tried with the next call."""
        for ident, tried in self._tried.items():
            if now - tried < AGAIN_S:
                continue
            notice = world.notices[ident]
            topic = notice_topic(world.root, world.township_id, notice.to)
            if not publish(topic, payload(world, ident, notice), partial(sent, ident)):
                return
            self._tried[ident] = now


def payload(world: World, ident: str, notice: Notice) -> bytes:
    """The notice as handhelds show it."""
    if notice.reason == Reason.STANDBY:
        text = _moved(world, notice)
    else:
        text = notice.text or _called(world, notice)
    value = {"id": ident, "text": text, "at": rfc3339(world, notice.at)}
    return to_json(value | {"exercise": world.exercise})


def _moved(world: World, notice: Notice) -> str:
    """Where to stand by, then the officer's words."""
    mark = DRILL_MARK if world.exercise else ""
    place = place_name(world, world.units[notice.to].standby)
    words = tr("Please go and stand by at {place}.").format(place=place)
    said = words if place else tr("Please go back to your station.")
    return f"{mark}{said} {notice.text}".strip()


def _called(world: World, notice: Notice) -> str:
    """What the leader reads: nobody has it, and it is theirs to look after."""
    mark = DRILL_MARK if world.exercise else ""
    if notice.reason == Reason.NO_OFFICER:
        return mark + tr("Nobody is at the duty console: please go there or call the post at once.")
    incident = world.incidents.get(notice.incident)
    what = f"{place_name(world, incident.place)} {world.plan_of(incident).name}" if incident else ""
    words = tr("Nobody has acknowledged {incident} {what}: please call the post at once.")
    said = words.format(incident=notice.incident, what=what)
    return f"{mark}{' '.join(said.split())}"


def noted(ident: str, now: float) -> e.NoticeSent:
    """The fact that the broker has it."""
    return e.NoticeSent(at=now, cause="broker", reason=Reason.ON_THE_AIR, notice=ident)
