"""The console in a browser, on this computer only: `python -m console.web [--port N] [OPTION ...]`.

The options are those of `fengsui console`. textual-serve asks nobody who he is: whoever reaches the
port is the officer. Therefore it listens on the loopback address alone, and answers only pages that
it has served itself. Without the check of `Origin` any page of the same browser could open the
WebSocket and press F3; without that of `Host` a name that points here could (DNS rebinding);
without `frame-ancestors` a page could put the console into a frame of its own.

Needs the extra `web`. docs/officer.md, chapter 13, says what a browser keeps for itself.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = "127.0.0.1"
NAMES = (HERE, "localhost")
PORT = 8470
# Nothing from elsewhere (textual-serve's page asks Google for a font), and in nobody's frame.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; frame-ancestors 'none'"
)


def ours(host: str | None, origin: str | None, port: int, *, upgrade: bool) -> bool:
    """Whether a request comes from a page of ours; a WebSocket has to say from which."""
    hosts = {f"{name}:{port}" for name in NAMES}
    if host not in hosts:
        return False
    if origin is None:
        return not upgrade
    return origin in {f"http://{one}" for one in hosts}


def command(options: Sequence[str]) -> str:
    """What textual-serve starts for each tab of the browser."""
    return shlex.join([sys.executable, "-m", "fengsui", "console", *options])


def environment() -> None:
    """What the terminal that we were started in has to say does not hold for a browser."""
    os.environ["TERM"] = "xterm-256color"
    for name in ("TMUX", "TMUX_PANE", "SSH_CONNECTION"):
        os.environ.pop(name, None)


def serve(port: int, options: Sequence[str]) -> None:
    """Until Ctrl-C."""
    import aiohttp_jinja2  # noqa: PLC0415 - the extra `web`; `main` says so where it is not there
    import jinja2  # noqa: PLC0415
    from aiohttp import typedefs, web  # noqa: PLC0415
    from textual_serve.server import Server  # noqa: PLC0415

    server = Server(command(options), host=HERE, port=port, title="烽燧 Fengsui")

    async def only_ours(request: web.Request, handler: typedefs.Handler) -> web.StreamResponse:
        headers = request.headers
        upgrade = headers.get("Upgrade") is not None
        if not ours(headers.get("Host"), headers.get("Origin"), port, upgrade=upgrade):
            raise web.HTTPForbidden
        response: web.StreamResponse = await handler(request)
        return response

    async def policy(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Content-Security-Policy"] = POLICY

    app = web.Application(middlewares=[web.middleware(only_ours)])
    app.on_response_prepare.append(policy)
    aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(Path(server.templates_path)))
    app.add_routes(
        [
            web.get("/", server.handle_index, name="index"),
            web.get("/ws", server.handle_websocket, name="websocket"),
            web.static("/static", Path(server.statics_path), name="static"),
        ]
    )
    sys.stdout.write(f"http://{HERE}:{port}/\n")
    sys.stdout.flush()
    web.run_app(app, host=HERE, port=port, print=None)


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m console.web", allow_abbrev=False)
    parser.add_argument("--port", type=int, default=PORT)
    given, options = parser.parse_known_args()
    environment()
    try:
        serve(given.port, options)
    except ModuleNotFoundError as error:
        sys.stderr.write(f"fengsui: {error}; .venv/bin/pip install 'textual-serve>=1.1'\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
