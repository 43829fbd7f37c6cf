"""Who holds the lease: one name for each data folder, held by one process at a time."""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from command.errors import ConfigError
from sensors.words import tr


@asynccontextmanager
async def holder(data: Path, root: str, township: str) -> AsyncIterator[str]:
    """The holder id of this folder, locked: after a crash the next post takes its lease at once.

    The system drops the lock with the process. Raises ConfigError while another post has it.
    """
    path = data / f"holder-{root}-{township}"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = tr("Another post runs with the data folder {folder}.")
            raise ConfigError(message.format(folder=data)) from None
        name = os.read(descriptor, 64).decode("ascii", "replace")
        if not name:
            name = uuid.uuid4().hex
            os.write(descriptor, name.encode())
            os.fsync(descriptor)
        yield name
    finally:
        os.close(descriptor)
