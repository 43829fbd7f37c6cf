"""The topic scheme of contract v1: `fs/{township}/{name}/{kind}`, built and parsed. Pure.

The root is `fs` on duty and `fsx` in a drill. `name` is a source, a unit or a place; `all`, `post`
and `console` are reserved. Names are ASCII, so no cleaning is needed once a topic has parsed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

ROOT = "fs"
DRILL_ROOT = "fsx"
ROOTS = frozenset({ROOT, DRILL_ROOT})
RESERVED = frozenset({"all", "post", "console"})

_TOWNSHIP = re.compile(r"[a-z0-9-]{1,32}")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Kind(StrEnum):
    """The last level of a topic."""

    ALARM = "alarm"
    CLEAR = "clear"
    HEARTBEAT = "heartbeat"
    POSITION = "position"
    REPLY = "reply"
    DUTY = "duty"
    REQUEST = "request"
    ORDER = "order"
    RECEIPT = "receipt"
    NOTICE = "notice"
    STATUS = "status"


UP = frozenset(
    {
        Kind.ALARM,
        Kind.CLEAR,
        Kind.HEARTBEAT,
        Kind.POSITION,
        Kind.REPLY,
        Kind.DUTY,
        Kind.REQUEST,
    }
)
DOWN = frozenset(Kind) - UP  # only the post publishes these

_KINDS = {kind.value: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the contract, taken apart. `name` may still be a reserved one."""

    root: str
    township: str
    name: str
    kind: Kind

    def __str__(self) -> str:
        return f"{self.root}/{self.township}/{self.name}/{self.kind}"


@lru_cache(maxsize=4096)  # a township has a few hundred sources, and each repeats its topics
def parse(topic: str) -> Topic | None:
    """The parts of `topic`, or None when it is not one of the contract's."""
    parts = topic.split("/")
    if len(parts) != 4:
        return None
    root, township, name, kind = parts
    known = _KINDS.get(kind)
    if root not in ROOTS or known is None:
        return None
    if not (_TOWNSHIP.fullmatch(township) and _NAME.fullmatch(name)):
        return None
    return Topic(root, township, name, known)


def is_name(name: str) -> bool:
    """Whether `name` may stand in a topic as a source, unit or place of its own."""
    return _NAME.fullmatch(name) is not None and name not in RESERVED


@lru_cache(maxsize=4096)
def build(root: str, township: str, name: str, kind: Kind) -> str:
    """The topic as text; ValueError where a part does not fit the scheme."""
    topic = f"{root}/{township}/{name}/{kind}"
    if parse(topic) is None:
        raise ValueError(f"not a topic of the contract: {topic!r}")
    return topic


def up_topic(root: str, township: str, source: str, kind: Kind) -> str:
    """Where `source` publishes messages of an up kind."""
    return build(root, township, source, kind)


def order_topic(root: str, township: str, unit: str) -> str:
    """Where all handhelds of `unit` listen for orders."""
    return build(root, township, unit, Kind.ORDER)


def receipt_topic(root: str, township: str, source: str) -> str:
    """Where `source` learns that its messages are safe."""
    return build(root, township, source, Kind.RECEIPT)


def notice_topic(root: str, township: str, place: str = "all") -> str:
    """Where warnings, roll calls and stand-downs go: everywhere, or to one place."""
    return build(root, township, place, Kind.NOTICE)


def status_topic(root: str, township: str) -> str:
    """The post's own retained sign of life."""
    return build(root, township, "post", Kind.STATUS)


def up_filter(root: str, township: str, kind: Kind) -> str:
    """The MQTT subscription for one up kind of every source; ValueError for a bad township."""
    build(root, township, "any", kind)
    return f"{root}/{township}/+/{kind}"
