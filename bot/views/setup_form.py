"""The setup form of a group."""

from __future__ import annotations

from bot.cards import ChoiceField, Form, TextField
from bot.domain.group import Group
from bot.domain.parse import days_text

MODES = (
    ("thread", "In the thread, for all to learn from"),
    ("brief", "A short card in the thread, the rest privately"),
    ("private", "Privately, only the author sees it"),
)


def setup_form(group: Group | None, zone: str) -> Form:
    """Filled with what stands, or with the defaults."""
    return Form(
        action="setup",
        title="Study group",
        fields=(
            TextField(
                key="zone",
                label="Time zone",
                hint="Such as Europe/Paris",
                multiline=False,
                value=group.schedule.zone if group else zone,
                most_chars=60,
            ),
            TextField(
                key="at",
                label="Time of the question",
                hint="Such as 09:00",
                multiline=False,
                value=f"{group.schedule.at:%H:%M}" if group else "09:00",
                most_chars=8,
            ),
            TextField(
                key="days",
                label="Days",
                hint="Such as mon-fri, or daily",
                multiline=False,
                value=days_text(group.schedule.days) if group else "mon-fri",
                most_chars=40,
            ),
            ChoiceField(
                key="feedback", label="Feedback", options=MODES, value=group.feedback.value if group else "thread"
            ),
        ),
        submit="Save",
    )
