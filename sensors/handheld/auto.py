"""A handheld that answers by itself, for drills and demonstrations. Pure.

SPEC is `accept=5,go=20,here=120,done=300`: seconds after the offer arrived, each optional;
`decline=10:reason`; or `never`. What is due is derived from the orders in hand, so it survives a
restart, and a step already said (by hand or before the restart) is not said again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isfinite

from sensors.handheld.moves import Verdict, is_closed, verdict
from sensors.handheld.values import Held, State
from sensors.observations import ReplyStatus
from sensors.text import clean

_NAMES = {
    "accept": ReplyStatus.ACCEPTED,
    "decline": ReplyStatus.DECLINED,
    "go": ReplyStatus.EN_ROUTE,
    "here": ReplyStatus.ON_SCENE,
    "done": ReplyStatus.DONE,
}
NEVER = "never"


@dataclass(frozen=True, slots=True)
class AutoStep:
    """One answer, `after_s` real seconds after the offer reached us."""

    after_s: float
    status: ReplyStatus
    text: str = ""


def parse_auto(spec: str, speed: float = 1.0) -> tuple[AutoStep, ...]:
    """The steps of SPEC in order of time, divided by `speed`; ValueError says what is wrong."""
    if not (isfinite(speed) and speed > 0):
        raise ValueError(f"speed must be above 0, not {speed}")
    if spec in ("", NEVER):
        return ()
    steps = [_parse_step(part.strip(), speed) for part in spec.split(",")]
    if len({step.status for step in steps}) != len(steps):
        raise ValueError(f"the same answer twice in {spec!r}")
    return tuple(sorted(steps, key=lambda step: step.after_s))


def _parse_step(part: str, speed: float) -> AutoStep:
    name, _, rest = part.partition("=")
    seconds, _, text = rest.partition(":")
    if name not in _NAMES:
        raise ValueError(f"{name!r} is none of {', '.join(_NAMES)}, {NEVER}")
    try:
        after_s = float(seconds)
    except ValueError:
        raise ValueError(f"{part!r}: seconds expected after the =") from None
    if not (isfinite(after_s) and after_s >= 0):
        raise ValueError(f"{part!r}: seconds must be 0 or more")
    return AutoStep(after_s / speed, _NAMES[name], clean(text))


def due(state: State, steps: tuple[AutoStep, ...], now: float) -> tuple[Held, AutoStep] | None:
    """The first answer that should have gone out by `now`, or None. Ask again after it is said."""
    waiting = [(at, held, step) for at, held, step in _waiting(state, steps, now) if at <= now]
    if not waiting:
        return None
    _, held, step = min(waiting, key=lambda one: (one[0], one[1].arrival))
    return held, step


def next_due(state: State, steps: tuple[AutoStep, ...], now: float) -> float:
    """When the next answer is due (POSIX seconds), infinity when none is."""
    return min((at for at, _, _ in _waiting(state, steps, now)), default=inf)


def _waiting(
    state: State, steps: tuple[AutoStep, ...], now: float
) -> Iterator[tuple[float, Held, AutoStep]]:
    for held in state.held.values():
        if is_closed(held):
            continue
        for step in steps:
            # SEND only: an expired offer may already have gone to another team.
            if verdict(held, step.status, now) is Verdict.SEND:
                yield held.offered_at + step.after_s, held, step
