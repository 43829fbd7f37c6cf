"""Many small MQTT packets as one write. paho sends each by itself: in a storm half of all time.

Only packets that paho has nothing left to do for once they are written; pinned by a test.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from paho.mqtt.client import PUBACK, PUBLISH

_TYPE = 0xF0


def join(queue: deque[Any]) -> None:
    """Put the acknowledgements and publications at the head of paho's queue into one packet."""
    begun = queue.popleft() if queue and queue[0]["pos"] else None
    parts: list[bytes] = []
    while queue and _is_plain(queue[0]):
        parts.append(queue.popleft()["packet"])
    if parts:
        whole = b"".join(parts)
        queue.appendleft(
            {
                "command": PUBACK,
                "mid": 0,
                "qos": 1,
                "pos": 0,
                "to_process": len(whole),
                "packet": whole,
                "info": None,
            }
        )
    if begun is not None:
        queue.appendleft(begun)


def _is_plain(packet: dict[str, Any]) -> bool:
    """Nobody is told of its writing: a PUBACK, QoS 1 (whose PUBACK tells), QoS 0 untold."""
    kind = packet["command"] & _TYPE
    return kind == PUBACK or (kind == PUBLISH and (packet["qos"] > 0 or packet["info"] is None))
