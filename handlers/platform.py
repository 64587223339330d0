"""What the running program asks of a chat platform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from aiohttp import web

from bot.ports import Chat, Ports


class Platform(Protocol):
    """One chat platform, from its connection to its end. It is started once, and closed also if it never started."""

    @property
    def name(self) -> str:
        """The word that stands in `Place.platform`, such as `slack`."""
        ...

    @property
    def chat(self) -> Chat:
        """What the bot says there; not used before `start` came back."""
        ...

    @property
    def routes(self) -> Sequence[web.RouteDef]:
        """What it wants served, if anything: not called before `start` came back, nor during a stop."""
        ...

    async def start(self, ports: Ports) -> None:
        """Connect, and hand to the core what comes in.

        Raises Trouble when the platform cannot be reached now (it is called again), Refusal when an operator has to
        mend something, such as a token that is not valid.
        """
        ...

    def ready(self) -> bool:
        """Whether what members do there arrives here now."""
        ...

    async def stop_intake(self) -> None:
        """Take no event after this; what is owed can still be said."""
        ...

    async def close(self) -> None:
        """Leave. The last thing that is called."""
        ...
