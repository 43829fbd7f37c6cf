"""What one run of a handheld needs to know, checked. Frozen."""

from __future__ import annotations

from dataclasses import dataclass

from sensors.handheld.auto import AutoStep
from sensors.handheld.link import Server


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Made by main.py from the options; seconds are real seconds, `speed` is already in them."""

    server: Server
    client_id: str
    root: str
    township: str
    unit: str
    place: str
    listens: dict[str, int]  # topic -> QoS
    auto: tuple[AutoStep, ...]
    keeps_running: bool  # at the end of input
    empty_input_ends: bool  # also when the input never held a line
    linger_s: float
    heartbeat_s: float
