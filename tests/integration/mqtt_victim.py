"""A post that is going to be killed: takes what comes, settles nothing. Run by mqtt_rig.victim."""

from __future__ import annotations

import asyncio
import sys

from mqtt_rig import a_broker, running, take, until


async def main(url: str, expected: int) -> None:
    async with running(a_broker(url)) as broker:
        await until(lambda: broker.state.connected)
        print("connected", flush=True)  # noqa: T201
        await take(broker, expected)
        print("taken", flush=True)  # noqa: T201
        await asyncio.Event().wait()


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
