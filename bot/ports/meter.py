"""The meter: what an operator may want to count. It never fails and holds no member, no group and no text."""

from __future__ import annotations

from typing import Protocol


class Meter(Protocol):
    """Counts what happens. Every label is one of a few fixed words."""

    def event(self, platform: str, kind: str, outcome: str, ack_s: float) -> None:
        """Something arrived from `platform` and was acknowledged or refused after `ack_s` seconds.

        `kind`: command, press, submission, said, edited, deleted, or another word of the platform's adapter.
        `outcome`: taken, repeated (seen before), ignored, unsaved (the sender will bring it again) or failed.
        """
        ...

    def job(self, kind: str, outcome: str, took_s: float) -> None:
        """A job of the agenda was started and came to an end.

        `outcome`: done, again (owed once more, as planned), busy (somebody asked us to wait), store-down, trouble or
        crashed.
        """
        ...

    def review(self, rung: str) -> None:
        """Feedback was made on this rung of the ladder: schema, prompt, other model or self-check."""
        ...

    def spent(self, usd: float) -> None:
        """The model was asked, and this is what it cost, feedback or not."""
        ...


class Unmetered:
    """Counts nothing: for a script or a test that nobody watches."""

    def event(self, platform: str, kind: str, outcome: str, ack_s: float) -> None:
        """Nothing."""

    def job(self, kind: str, outcome: str, took_s: float) -> None:
        """Nothing."""

    def review(self, rung: str) -> None:
        """Nothing."""

    def spent(self, usd: float) -> None:
        """Nothing."""
