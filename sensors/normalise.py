"""(topic, bytes, time of receipt, sources) -> one Observation, or a Rejection that says why. Pure.

The first level of the topic names the dialect. A rejection is a fact too: it is logged, counted and
shown, and the post keeps the raw bytes; so nothing in here may raise, whatever a device sends.
"""

from __future__ import annotations

from collections.abc import Callable

from sensors.dialects import chirpstack, frigate, native, owntracks
from sensors.dialects.common import Message, digest_of
from sensors.messages import Unreadable
from sensors.observations import Observation, Rejection, RejectionReason
from sensors.sources import Sources
from sensors.text import DETAIL_LIMIT, NAME_LIMIT, clean
from sensors.topics import DRILL_ROOT, ROOT

TOPIC_LIMIT = 256  # characters of a topic in a rejection; MQTT allows 64 KiB

Reader = Callable[[Message], Observation]

_READERS: dict[str, Reader] = {
    ROOT: native.read,
    DRILL_ROOT: native.read,
    "frigate": frigate.read,
    "owntracks": owntracks.read,
    "application": chirpstack.read,
}


def normalise(
    topic: str, payload: bytes, received_at: float, sources: Sources, *, retained: bool = False
) -> Observation | Rejection:
    """What the message says. Never raises; reads no clock.

    `received_at` is POSIX seconds; `retained` is the MQTT flag of the delivery, and is only passed
    on: a retained message is stale by definition, and the post lets it open nothing.
    """
    message = Message(topic, payload, received_at, sources, digest_of(payload), retained)
    try:
        return _reader(topic)(message)
    except Unreadable as refused:
        return _rejection(message, refused)
    except Exception as error:  # noqa: BLE001
        # The one broad except of this package. A reader that raises is our own mistake, met by a
        # message from outside: it may cost this message, which is kept and shown as INTERNAL, and
        # must not stop the post or the messages behind it.
        fault = Unreadable(RejectionReason.INTERNAL, type(error).__name__)
        return _rejection(message, fault)


def _reader(topic: str) -> Reader:
    reader = _READERS.get(topic.partition("/")[0])
    if reader is None:
        raise Unreadable(RejectionReason.TOPIC_UNKNOWN, "no rule reads this topic")
    return reader


def _rejection(message: Message, refused: Unreadable) -> Rejection:
    return Rejection(
        topic=clean(message.topic, TOPIC_LIMIT),
        source=clean(refused.source, NAME_LIMIT),
        reason=refused.reason,
        detail=clean(refused.detail, DETAIL_LIMIT),
        digest=message.digest,
        received_at=message.received_at,
        message_id=refused.message_id,
    )
