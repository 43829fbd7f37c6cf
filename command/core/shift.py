"""Who is on duty, and how duty passes from one officer to the next. Pure.

The outgoing officer signs what the handover page shows, by its digest; the incoming one takes every
running incident of the highest urgency by name, signs the same digest, and only then is on duty:
there is never nobody. A change of content is another digest, and voids the signature.
"""

from __future__ import annotations

import hashlib
from typing import Any

from command import messages as m
from command.core import events as e
from command.core.attention import URGENT
from command.core.changes import touch, unacknowledge
from command.core.hazards import unread
from command.core.ordering import Ordered, Refused, cause_of_command
from command.core.reasons import Reason, Refusal
from command.core.tables import RUNNING
from command.core.triage import HIGHEST
from command.core.world import Incident, Shift, Signed, World

UNACKNOWLEDGED, UNREAD = "unacknowledged", "hazard_unread"
LEADER = "leader"  # leaving or swapping needs the leader's word (CENTRES.md (b) 5)
SETTLE_S = 600.0  # a new officer has ten minutes to take on what is not urgent
BLOCKS_NAMED = 5  # in the words of a refusal
BLOCKS_SHOWN = 50  # in the row, which goes out every second; `blocked` is how many there are


def shift_digest(world: World) -> str:
    """What is handed over, as `7C41-09AE`: other content, another digest.

    Over the open incidents, the shelf, units off duty and cameras down. Who has acknowledged what
    is not handed over, and is not in it. Some 20 ms with 10,000 open incidents.
    """
    running = [
        f"{i.id} {i.state.value} {i.priority} {len(i.mayday)}"
        for i in world.incidents.values()
        if i.state in RUNNING
    ]
    shelf = [f"{key} {shelf.until}" for key, shelf in sorted(world.shelf.items())]
    off = sorted(name for name, unit in world.units.items() if not unit.on_duty)
    content = "\n".join([*running, "", *shelf, "", *off, "", str(cameras_down(world))])
    found = hashlib.sha256(content.encode()).hexdigest()[:8].upper()
    return f"{found[:4]}-{found[4:]}"


def cameras_down(world: World) -> int:
    """Cameras that are silent or say that they have a fault; not those never heard of."""
    classes = world.index.classes
    return sum(
        classes.get(name) == "camera"
        for name, source in world.sources.items()
        if not (source.online and source.ok)
    )


def _reds(world: World) -> list[Incident]:
    return [i for i in world.incidents.values() if i.priority == HIGHEST and i.state in RUNNING]


def shift_blocks(world: World) -> list[tuple[str, str]]:
    """What must be done before the duty can be handed over: (code, incident)."""
    return [
        (code, incident.id)
        for incident in _reds(world)
        for code, stands in (
            (UNACKNOWLEDGED, not incident.ack_by),
            (UNREAD, bool(unread(world, incident))),
        )
        if stands
    ]


def shift_row(world: World) -> dict[str, Any]:
    """The handover as consoles see it. Reads all incidents: for every second, not every commit."""
    shift, digest, blocks = world.shift, shift_digest(world), shift_blocks(world)
    signed = shift.signed
    return {
        "officer": shift.officer,
        "since": shift.since,
        "digest": digest,
        "signed": None
        if signed is None
        else {
            "by": signed.by,
            "at": signed.at,
            "digest": signed.digest,
            "words": signed.words,
            "valid": signed.digest == digest,
        },
        "blocks": [list(block) for block in blocks[:BLOCKS_SHOWN]],
        "blocked": len(blocks),
    }


# --- orders


def decide_handover(world: World, c: m.Handover, o: Ordered, now: float) -> list[e.Event]:
    """The outgoing officer's signature; or the leader's, for an officer who cannot sign."""
    if world.shift.officer not in {"", o.by} and o.role != LEADER:
        raise Refused(Refusal.NOT_ON_DUTY, by=world.shift.officer)
    _check_digest(world, c.digest)
    blocks = shift_blocks(world)
    if blocks:
        named = ", ".join(dict.fromkeys(incident for _, incident in blocks[:BLOCKS_NAMED]))
        raise Refused(Refusal.HANDOVER_BLOCKED, what=named)
    return [
        e.HandoverSigned(
            at=now,
            cause=cause_of_command(c),
            reason=Reason.BY_OFFICER,
            by=o.by,
            digest=c.digest,
            words=c.words or c.said,
        )
    ]


def _check_digest(world: World, seen: str) -> None:
    digest = shift_digest(world)
    if seen != digest:
        raise Refused(Refusal.DIGEST_CHANGED, what=digest)


def decide_takeover(world: World, c: m.Takeover, o: Ordered, now: float) -> list[e.Event]:
    """The incoming officer's signature: from here on the duty is theirs."""
    shift = world.shift
    if o.by == shift.officer or (shift.signed is not None and shift.signed.by == o.by):
        raise Refused(Refusal.SAME_OFFICER, by=o.by)
    _check_digest(world, c.digest)
    if shift.officer and (shift.signed is None or shift.signed.digest != c.digest):
        raise Refused(Refusal.NOT_SIGNED, by=shift.officer)
    missing = [red.id for red in _reds(world) if red.id not in c.taken]
    if missing:
        raise Refused(Refusal.NOT_ALL_TAKEN, what=", ".join(missing[:BLOCKS_NAMED]))
    cause = cause_of_command(c)
    changed = e.ShiftChanged(
        at=now,
        cause=cause,
        reason=Reason.HANDOVER,
        before=shift.officer,
        to=o.by,
        taken=c.taken,
        ended=tuple(i.id for i in world.incidents.values() if i.ack_by and i.state in RUNNING),
    )
    return [changed, *_off_the_shelf(world, c, o, now, cause)]


def _off_the_shelf(
    world: World, c: m.Takeover, o: Ordered, now: float, cause: str
) -> list[e.Event]:
    """What the incoming officer does not sign for again is heard again."""
    ended = (key.partition("|") for key in world.shelf if key not in c.keep_shelf)
    return [
        e.SourceUnshelved(
            at=now, cause=cause, reason=Reason.HANDOVER, source=source, kind=kind, by=o.by
        )
        for source, _, kind in ended
    ]


# --- what they change


def handover_signed(world: World, event: e.HandoverSigned) -> None:
    """The duty stays where it is until somebody takes it."""
    world.shift.signed = Signed(event.by, event.at, event.digest, event.words)


def shift_changed(world: World, event: e.ShiftChanged) -> None:
    """Nobody has said "I have it" on the new shift: every acknowledgement ends.

    The leader is not called for all that is not urgent before there was time to look at it.
    """
    world.shift = Shift(event.to, event.at)
    for incident_id in event.ended:
        incident = touch(world, incident_id, event, event.to)
        unacknowledge(world, incident, event.at)
        name = f"ack:{incident_id}"
        if incident.priority > URGENT and name in world.due:
            world.due[name] = max(world.due[name], event.at + SETTLE_S)
