"""For those who run a group: what the chat does not take from the bot, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.domain.group import Group
from bot.views.when import day_text

REASONS: Mapping[str, str] = {
    "restricted_action": "A setting of the workspace or of the channel lets only some people write there",
    "missing_scope": "The app lacks a permission that it needs to write there",
}
"""Part of what a platform says when it takes nothing -> the same in plain words."""
MOST_REASON_CHARS = 80


def post_refused(group: Group, day: date, why: str) -> str:
    """The platform does not take a daily post. `why`: what its adapter said."""
    return (
        f"The question of {day_text(day)} is not posted: the chat does not let me post in {group.name}. "
        f"{_reason(why)} Whoever manages the channel can let me write there; then /tpm-admin post-now posts it on "
        "the same day. Nothing that members wrote is lost."
    )


def cannot_post(why: str) -> str:
    """Refuses to post by hand where the platform does not take it. `why`: what its adapter said."""
    return (
        f"The chat does not let me post in this channel, so nothing was posted. {_reason(why)} "
        "Check that I am in the channel and may write there, then try again."
    )


def thread_gone(day: date) -> str:
    """The thread of a daily post takes nothing."""
    return (
        f"The chat does not take what I write in the thread of {day_text(day)}; most likely it was deleted or locked. "
        "Feedback and reviews go to their members directly, and nothing that members wrote is lost. If the thread was "
        "locked by mistake, unlock it."
    )


def _reason(why: str) -> str:
    """A platform's code, in plain words where it is known; the code stays, for whoever looks it up."""
    code = why.rpartition(": ")[2][:MOST_REASON_CHARS]
    plain = next((words for known, words in REASONS.items() if known in code), "")
    return f"{plain} (“{code}”)." if plain else f"Its reason: “{code}”."
