"""The ridge fire over seeds: what is counted."""

from __future__ import annotations

import pytest

from simulations.ridge import RidgeFire, main, ridge_fire, summary


def test_means_come_with_their_error_and_what_was_not_held_is_counted_apart() -> None:
    fires = [RidgeFire(1, 8.0, 30.0), RidgeFire(2, 10.0, 40.0), RidgeFire(3, 60.0, None)]
    assert summary(fires) == (
        "3 seeds: 26.00 ± 17.01 ha, 35.00 ± 5.00 min to containment, 1 not contained"
    )
    assert summary(fires[2:]) == "1 seeds: 60.00 ha, - min to containment, 1 not contained"


def test_no_seeds_are_bad_use() -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--seeds", "0"])


@pytest.mark.slow
def test_a_seed_gives_one_fire() -> None:
    first = ridge_fire(4)
    assert first == ridge_fire(4)
    assert first.contained_min is not None
    assert first.hectares > 0
