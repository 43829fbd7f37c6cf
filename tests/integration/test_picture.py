"""What consoles are shown of a post that runs on a real broker and store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from post_rig import a_post

from command.core import events as e
from command.core.decide import Fact
from command.core.reasons import Reason
from command.core.township import document
from command.loader import load
from simulations.fault_house import township
from simulations.servers import Process


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A township in which each call sends one team at once."""
    return township(tmp_path)


async def test_what_new_files_no_longer_have_goes_from_the_screens(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    async with a_post(mosquitto.url, redis_own.url, tmp_path, files, quiet=True) as rig:
        await rig.until(lambda: rig.post.world.township is not None)
        shown = rig.feed._mirror._rows
        await rig.until(lambda: "ljg-01" in shown["camera"])
        fewer = load(files)
        fewer = replace(fewer, cameras=tuple(one for one in fewer.cameras if one.id != "ljg-01"))
        rig.post.note(
            Fact(
                e.TownshipLoaded(
                    at=rig.clock.now(),
                    cause="post",
                    reason=Reason.FILES_CHANGED,
                    digest="fewer",
                    document=document(fewer),
                )
            )
        )
        await rig.until(lambda: rig.post.world.digest == "fewer")
        await rig.until(lambda: "ljg-01" not in shown["camera"])
        assert b'"fewer"' in shown["post"]["post"]
        assert any(b"TownshipLoaded" in line for line in shown["log"].values())
