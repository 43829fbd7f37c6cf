"""The field's hazards as an evaluation sees them, when the drill is over. Pure."""

from __future__ import annotations

from simulations.evaluation.truth import HazardSeen
from simulations.field import Field


def hazards_seen(there: Field) -> tuple[HazardSeen, ...]:
    """Every hazard of the drill, in the order of its file."""
    outcomes = there.outcomes()
    return tuple(
        HazardSeen(
            kind=part.kind,
            at_s=part.at_s,
            over_s=outcomes[part.id].over_s,
            figures=outcomes[part.id].figures,
            rings=outcomes[part.id].rings,
            course=outcomes[part.id].course,
        )
        for part in there.scenario.hazard
        if part.id in outcomes
    )
