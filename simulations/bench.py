"""`fengsui bench`: what there is to measure, by name. Each benchmark is a file of its own.

A benchmark prints its figures on stdout, as lines or as one JSON document; its exit code says
whether what it measures holds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from command.errors import UsageError
from sensors.words import tr


def _faults(*, as_json: bool, embedded: bool) -> int:
    from simulations.faults import bench  # noqa: PLC0415 - each brings its own libraries

    return bench(as_json=as_json, embedded=embedded)


def _way(*, as_json: bool, embedded: bool) -> int:
    from simulations.bench_way import bench  # noqa: PLC0415

    return bench(as_json=as_json, embedded=embedded)


def _restart(*, as_json: bool, embedded: bool) -> int:
    from simulations.bench_restart import bench  # noqa: PLC0415

    return bench(as_json=as_json, embedded=embedded)


def _console(*, as_json: bool, embedded: bool, seconds: float | None = None) -> int:  # noqa: ARG001
    from simulations.bench_console import SECONDS, bench  # noqa: PLC0415

    return bench(as_json=as_json, seconds=seconds or SECONDS)


def _dispatch(*, as_json: bool, embedded: bool) -> int:
    from simulations.bench_dispatch import bench  # noqa: PLC0415

    return bench(as_json=as_json, embedded=embedded)


def _fuzz(*, as_json: bool, embedded: bool) -> int:  # noqa: ARG001 - one signature for all
    from simulations.fuzz import run as fuzz  # noqa: PLC0415

    print(fuzz(600.0, 1))
    return 0


def _day(*, as_json: bool, embedded: bool) -> int:  # noqa: ARG001 - no servers take part
    from simulations.bench_day import bench  # noqa: PLC0415

    return bench(as_json=as_json)


# Called with `as_json` and `embedded` (the embedded pair only; else the benchmark's own choice).
BENCHES: dict[str, Callable[..., int]] = {
    "way": _way,
    "dispatch": _dispatch,
    "restart": _restart,
    "faults": _faults,
    "console": _console,
    "day": _day,
    "fuzz": _fuzz,
}


def run(name: str | None, *, as_json: bool, embedded: bool, seconds: float | None = None) -> int:
    """One benchmark, or all of them one after the other; 0 when everything holds.

    `seconds`: how long the console's is to last. Raises UsageError on an unknown name, FengsuiError
    when one cannot even be tried.
    """
    if name is None:
        codes = [_named(each, as_json=as_json, embedded=embedded) for each in BENCHES]
        return max(codes)
    if name not in BENCHES:
        message = tr("There is no benchmark {name}. There are: {names}")
        raise UsageError(message.format(name=ascii(name[:40]), names=" ".join(BENCHES)))
    if seconds is not None:
        if name != "console":
            raise UsageError(tr("--seconds is for the benchmark console alone."))
        return _console(as_json=as_json, embedded=embedded, seconds=seconds)
    return BENCHES[name](as_json=as_json, embedded=embedded)


def _named(name: str, *, as_json: bool, embedded: bool) -> int:
    print(f"== {name}", file=sys.stderr, flush=True)
    return BENCHES[name](as_json=as_json, embedded=embedded)
