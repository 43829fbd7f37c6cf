"""Minutes at work of each unit, from its yes to the end of its task. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from simulations.evaluation.facts import Facts


@dataclass(frozen=True, slots=True)
class Work:
    """One unit: minutes in all, the longest stretch without a pause, tasks that it took."""

    unit: str
    minutes: float
    longest: float
    tasks: int


def work(facts: Facts) -> list[Work]:
    """Everybody who worked, the longest first. Who was still at it counts to the drill's end."""
    spans: dict[str, list[tuple[float, float]]] = {}
    for task in facts.tasks:
        if task.accepted_at is not None:
            ended_at = facts.end_at if task.ended_at is None else task.ended_at
            spans.setdefault(task.unit, []).append((task.accepted_at, ended_at))
    found = [_work(unit, sorted(each)) for unit, each in spans.items()]
    return sorted(found, key=lambda one: (-one.minutes, one.unit))


def _work(unit: str, spans: list[tuple[float, float]]) -> Work:
    """Two tasks at a time are one stretch: people get tired once."""
    stretches: list[tuple[float, float]] = []
    for start, end in spans:
        if stretches and start <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
        else:
            stretches.append((start, end))
    lengths = [(end - start) / 60 for start, end in stretches]
    return Work(unit, round(sum(lengths), 1), round(max(lengths), 1), len(spans))
