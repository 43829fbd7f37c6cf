"""Policies by name: what is changed in a township's run cards to compare one with another. Pure.

A policy is data of the township, so that it stands in the log and replays with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from command.core.plans import Choose, Family, Offer, Plan, Release
from command.core.township import Township
from sensors.words import _

Policy = Callable[[Township], Township]


def _emergencies(change: Callable[[Plan], Plan]) -> Policy:
    """The same change of every card that minutes are counted of."""

    def policy(township: Township) -> Township:
        cards = {
            kind: change(plan) if plan.family is Family.EMERGENCY else plan
            for kind, plan in township.plans.plans.items()
        }
        return replace(township, plans=replace(township.plans, plans=cards))

    return policy


def _as_it_is(township: Township) -> Township:
    return township


def _nearest(township: Township) -> Township:
    return replace(township, plans=replace(township.plans, choose=Choose.NEAREST))


POLICIES: dict[str, Policy] = {
    "ours": _as_it_is,
    "nearest": _nearest,
    "at-once": _emergencies(lambda plan: replace(plan, release=Release.AT_ONCE)),
    "by-hand": _emergencies(lambda plan: replace(plan, release=Release.BY_HAND)),
    "one-by-one": _emergencies(lambda plan: replace(plan, offer=Offer.ONE_BY_ONE)),
    "first-n": _emergencies(lambda plan: replace(plan, offer=Offer.FIRST_N)),
}
SAID = {
    "ours": _("the township's own run cards"),
    "nearest": _("one need after the other, the nearest free unit goes"),
    "at-once": _("every emergency is released at once"),
    "by-hand": _("no emergency is released without the officer"),
    "one-by-one": _("the best unit is asked, then the next"),
    "first-n": _("several units are asked at once, the first to accept go"),
}
