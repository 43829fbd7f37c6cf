"""`python -m sensors.handheld`: the same as `fengsui handheld`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from sensors.handheld.main import Options, run


def _parse(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="fengsui handheld", description=run.__doc__)
    parser.add_argument("unit")
    parser.add_argument("--township", required=True)
    parser.add_argument("--mqtt", default=Options.__dataclass_fields__["mqtt"].default)
    parser.add_argument("--data", type=Path, default=Path("data") / "handheld")
    parser.add_argument("--root", choices=("fs", "fsx"), default="fs")
    parser.add_argument("--auto", metavar="SPEC")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--lang", choices=("zh", "en"))
    parser.add_argument("--place", default="")
    parser.add_argument("--device", default="")
    parser.add_argument("--linger", type=float, dest="linger_s", metavar="SECONDS")
    parser.add_argument("--json", action="store_true")
    return Options(**vars(parser.parse_args(arguments)))


def main() -> int:
    """Run with the command line's arguments; returns the exit code."""
    return asyncio.run(run(_parse(sys.argv[1:])))


if __name__ == "__main__":
    sys.exit(main())
