"""What members read about an answer: the card for the thread, the full card, the self-check card, and all as data."""

from __future__ import annotations

from bot.views.feedback.data import review_data, self_check_data
from bot.views.feedback.full import full_card
from bot.views.feedback.selfcheck import self_check_card, self_check_in_full
from bot.views.feedback.thread import brief_card, thread_card

__all__ = [
    "brief_card",
    "full_card",
    "review_data",
    "self_check_card",
    "self_check_data",
    "self_check_in_full",
    "thread_card",
]
