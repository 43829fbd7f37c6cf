"""`python -m console`: the console with what the environment says; for textual-serve, too."""

from __future__ import annotations

import os
import sys

from console.main import Options, start
from sensors.words import tr

URL = "ws://127.0.0.1:8460/console"


def main() -> int:
    """FENGSUI_URL and FENGSUI_TOKEN say where and who; the exit code."""
    token = os.environ.get("FENGSUI_TOKEN", "")
    if not token:
        sys.stderr.write("fengsui: " + tr("There is no token: set FENGSUI_TOKEN.") + "\n")
        return 2
    return start(Options(os.environ.get("FENGSUI_URL", URL), token))


if __name__ == "__main__":
    sys.exit(main())
