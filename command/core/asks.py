"""The open needs as rows: what is asked for, how urgent, who has been asked. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from command.core.needs import open_needs
from command.core.plans import Family, Need, Offer, Plan
from command.core.tables import LIVE
from command.core.world import Incident, World

# A second of one priority counts as two of the next: the published instances' own weights for their
# three are 4, 2 and 1.
WEIGHT = {1: 4.0, 2: 2.0, 3: 1.0, 4: 0.5, 5: 0.25}
FIRST_N_AHEAD = 2  # first_n asks this many times the people still missing
WAITED_CAP_S = 3600.0  # who has waited for an hour is not more urgent after two


@dataclass(frozen=True, slots=True)
class Ask:
    """One open need of one incident. `missing` people, of whom `wanted` are asked at once."""

    incident: Incident
    plan: Plan
    need: Need
    role: str
    missing: int
    asked: frozenset[str]
    waited_s: float
    weight: float
    used: frozenset[str] = frozenset()  # for another need of it, just now

    @classmethod
    def whole(
        cls, world: World, incident: Incident, need: Need, now: float, level: int | None = None
    ) -> Ask:
        """A need as if nobody had been asked for it yet."""
        return _ask(world, incident, need, need.quantity, now, level)

    @property
    def wanted(self) -> int:
        """People to be asked now: more than are missing, where the first to answer take it."""
        return self.missing * (FIRST_N_AHEAD if self.plan.offer is Offer.FIRST_N else 1)

    @property
    def emergency(self) -> bool:
        """Found by dispatch, not the case of one responsible post."""
        return self.plan.family is Family.EMERGENCY


def asks_of(
    world: World, incident: Incident, now: float, level: int | None = None
) -> Iterator[Ask]:
    """Its open needs, must before should."""
    for need, missing in open_needs(world, incident):
        yield _ask(world, incident, need, missing, now, level)


def _ask(
    world: World, incident: Incident, need: Need, missing: int, now: float, level: int | None
) -> Ask:
    since = incident.opened_at if incident.released_at is None else incident.released_at
    return Ask(
        incident,
        world.plan_of(incident),
        need,
        world.responsible_role(incident, need.role, level),
        missing,
        asked_before(world, incident),
        min(max(0.0, now - since), WAITED_CAP_S),
        WEIGHT[incident.priority],
    )


def asked_before(world: World, incident: Incident) -> frozenset[str]:
    """Since it was last opened: what was before a reopening is over for the units, too.

    With those whom the officer leaves out: nobody is asked against their word.
    """
    since = incident.reopened_at
    mine = (world.assignments[order] for order in incident.orders)
    asked = {a.unit for a in mine if a.status in LIVE or a.changed_at > since}
    return frozenset(asked.union(incident.left_out))


def in_order(asks: Sequence[Ask]) -> list[Ask]:
    """Must before should, whosever it is; then by priority, age and id."""
    return sorted(
        asks,
        key=lambda ask: (
            not ask.need.must,
            ask.incident.priority,
            ask.incident.opened_at,
            ask.incident.id,
        ),
    )
