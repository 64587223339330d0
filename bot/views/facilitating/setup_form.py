"""The setup form of a group, and its choices in words."""

from __future__ import annotations

from bot.cards import ChoiceField, Form, TextField
from bot.domain.group import LONGEST_WINDOW_H, WINDOWS_H, Group, Mode
from bot.domain.parse import days_text

INTRO = "Sealed works through the form only: no chat can hide what somebody types in its thread."
MODES = {
    Mode.THREAD: "Open: answers and feedback in the thread",
    Mode.BRIEF: "Open: short feedback in the thread, the rest in private",
    Mode.PRIVATE: "Open: answers in the thread, feedback in private",
    Mode.SEALED: "Sealed: all private until the close, then answers in the thread",
}


def setup_form(group: Group | None, zone: str) -> Form:
    """Filled with what stands, or with the defaults. Every field has a value, so none is optional."""
    return Form(
        action="setup",
        title="Study group",
        intro=INTRO,
        fields=(
            _line("zone", "Time zone", "Such as Europe/Paris", group.schedule.zone if group else zone, 60),
            _line("at", "Time of the question", "Such as 09:00", f"{group.schedule.at:%H:%M}" if group else "09:00", 8),
            _line(
                "days", "Days", "Such as mon-fri, or daily", days_text(group.schedule.days) if group else "mon-fri", 40
            ),
            ChoiceField(
                key="window",
                label="How long an answer counts",
                options=tuple((str(hours), window_text(hours)) for hours in WINDOWS_H),
                value=str(group.window_h if group else LONGEST_WINDOW_H),
            ),
            ChoiceField(
                key="mode",
                label="How answers and feedback are shown",
                options=tuple((mode.value, text) for mode, text in MODES.items()),
                value=(group.mode if group else Mode.THREAD).value,
            ),
        ),
        submit="Save",
    )


def window_text(hours: int) -> str:
    """How long an answer counts, in words."""
    if hours == LONGEST_WINDOW_H:
        return f"Until the next question, {hours} hours at most"
    return f"{hours} hours, or until the next question"


def _line(key: str, label: str, hint: str, value: str, most_chars: int) -> TextField:
    return TextField(
        key=key, label=label, hint=hint, value=value, fewest_chars=1, most_chars=most_chars, multiline=False
    )
