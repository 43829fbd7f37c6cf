"""The ridge fire over many seeds: what a way of sending people costs in hectares and minutes.

`python -m simulations.ridge --seeds 30` prints one line for each seed, then the means.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from command.core.township import Township
from command.loader import digest, load
from simulations.player import TOWNSHIP, play
from simulations.scenario import Scenario, find
from simulations.scenario import load as load_scenario

Policy = Callable[[Township], Township]  # what it changes in the township, so that the log has it
NAME, FIRE = "ridge-fire", "ridge"


@dataclass(frozen=True, slots=True)
class RidgeFire:
    """One fire. `contained_min`: minutes from the first flame to the last; None: not by the end."""

    seed: int
    hectares: float
    contained_min: float | None


def as_it_is(township: Township) -> Township:
    """The township's own rules."""
    return township


@cache
def _scenario() -> Scenario:
    return load_scenario(find(NAME))


def ridge_fire(seed: int, policy: Policy = as_it_is) -> RidgeFire:
    """Play it once, with the post itself, on the virtual clock."""
    head = _scenario().scenario.model_copy(update={"seed": seed})
    made = _scenario().model_copy(update={"scenario": head})
    fire = play(made, policy(load(TOWNSHIP)), digest(TOWNSHIP)).there.outcomes()[FIRE]
    began_s = next(part.at_s for part in made.hazard if part.id == FIRE)
    took = None if fire.over_s is None else round((fire.over_s - began_s) / 60.0, 1)
    return RidgeFire(seed, fire.figures["hectares"], took)


def summary(fires: Sequence[RidgeFire]) -> str:
    """Means, with the standard error of each; a fire that was not contained is counted apart."""
    held = [one.contained_min for one in fires if one.contained_min is not None]
    return (
        f"{len(fires)} seeds: {_mean([one.hectares for one in fires])} ha, "
        f"{_mean(held)} min to containment, {len(fires) - len(held)} not contained"
    )


def _mean(values: Sequence[float]) -> str:
    if len(values) < 2:
        return "-" if not values else f"{values[0]:.2f}"
    error = statistics.stdev(values) / len(values) ** 0.5
    return f"{statistics.fmean(values):.2f} ± {error:.2f}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print every seed, then the means."""
    parser = argparse.ArgumentParser(prog="python -m simulations.ridge", description=__doc__)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args(argv)
    if options.seeds < 1:
        parser.error("--seeds: at least one")
    fires = []
    for seed in range(options.first, options.first + options.seeds):
        fires.append(ridge_fire(seed))
        one = fires[-1]
        print(f"{one.seed:4d} {one.hectares:7.2f} ha {one.contained_min} min", flush=True)
    print(summary(fires))
    return 0


if __name__ == "__main__":
    sys.exit(main())
