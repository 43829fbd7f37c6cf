"""Runs one coroutine as a program: SIGTERM and SIGINT end it in order, logs go to stderr."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Coroutine
from typing import Any

import structlog

from command.errors import FengsuiError, first_of


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """The coroutine's result; None when a signal ended it. Raises FengsuiError."""
    configure_logs()
    try:
        return asyncio.run(_until_signal(work))
    except BaseExceptionGroup as group:
        expected, rest = group.split(FengsuiError)
        if rest is None and expected is not None:
            raise first_of(expected) from None
        raise


async def _until_signal(work: Coroutine[Any, Any, Any]) -> Any:
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return None


def configure_logs() -> None:
    """Plain lines on stderr; stdout is for what was asked for."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
