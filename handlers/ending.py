"""A program that runs to its end, or is ended in good order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_to_end(main: Coroutine[Any, Any, T]) -> T:
    """Run to the end; a closed terminal window or a SIGTERM ends it like Ctrl-C, so that everything is left in order.

    Raises KeyboardInterrupt.
    """

    async def told() -> T:
        task = asyncio.current_task()
        if task is not None:
            for each in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(each, task.cancel)
        return await main

    try:
        return asyncio.run(told())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
