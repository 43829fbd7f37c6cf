"""The lines a person sees when a post is up: where everything is, and what to do next."""

from __future__ import annotations

import sys

from command.app import Running
from sensors.words import tr


def announce(running: Running) -> None:
    """Say where the feed, the broker and the store are."""
    township = running.township
    lines = (
        tr("{name} ({id}): the post is up.").format(name=township.name, id=township.id),
        tr("  consoles  ws://127.0.0.1:{port}/console").format(port=running.feed.port),
        tr("  devices   {url}").format(url=running.addresses.mqtt),
        tr("  health    http://127.0.0.1:{port}/healthz").format(port=running.feed.port),
    )
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
