"""A member's own settings and data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.cards import Attachment, Button, Buttons, Card, Code, Facts, Heading, Own, Span, Text
from bot.domain.group import AwayRange, Group, Member
from bot.views.cut import line
from bot.views.when import day_text

MOST_LISTED_CHARS = 300
ERASED = {
    "answers": "answers",
    "reviews": "feedback",
    "drafts": "drafts",
    "asides": "kept messages",
    "duties": "requests to review",
    "peer_reviews": "peer reviews, by you and of your answers",
    "suggestions": "suggestions",
    "hints": "notes of hints that you saw",
    "variants": "five-minute questions and what you wrote",
    "decisions": "your name on what you decided in the inbox",
    "record": "streak record",
    "member": "settings and name",
    "jobs": "planned work",
    "messages": "messages of mine about your answers",
}


def settings(member: Member, group: Group, today: date, *, changed: bool = False, not_with: Sequence[str] = ()) -> Card:
    """Every setting, with the command that changes it; away dates that are over are not shown."""
    quiet = f"{member.quiet.start:%H:%M} to {member.quiet.end:%H:%M}" if member.quiet else "none"
    remind = f"{member.remind_at:%H:%M}" if member.remind_at else "off"
    away = ", ".join(_range(stay) for stay in member.away if stay.last >= today) or "none"
    listed = line(", ".join(not_with), MOST_LISTED_CHARS) or "nobody"
    rows: tuple[tuple[str, tuple[Span, ...]], ...] = (
        ("Reminder", (remind, " (", Code("/tpm-me reminders 18:00"), ")")),
        ("Quiet hours", (quiet, " (", Code("/tpm-me quiet 21:00-08:00"), ")")),
        ("Away", (away, " (", Code("/tpm-me away 2026-12-01 2026-12-05"), ")")),
        ("Automatic feedback", ("on" if member.auto_feedback else "off", " (", Code("/tpm-me feedback off"), ")")),
        ("Five-minute questions", ("on" if member.probes else "off", " (", Code("/tpm-me probes off"), ")")),
        ("No reviews with", (Own(listed), " (", Code("/tpm-me not-with NAME"), ")")),
    )
    return Card(
        "settings",
        (
            Heading("Saved. Your settings" if changed else "Your settings"),
            Facts(rows),
            Text((f"Times are in {group.schedule.zone}. Only you see this.",)),
            Buttons((Button("Export my data", "export"), Button("Forget me", "forget"))),
        ),
        data={
            "reminder": f"{member.remind_at:%H:%M}" if member.remind_at else None,
            "quiet": quiet if member.quiet else None,
            "away": [[stay.first.isoformat(), stay.last.isoformat()] for stay in member.away],
            "auto_feedback": member.auto_feedback,
            "probes": member.probes,
        },
    )


def export(file: Attachment) -> Card:
    """The file goes along."""
    text = "Everything that I keep about you in this group is in the file. Only you see it."
    return Card("export", (Text((text,)),), data={"name": file.name}, file=file)


def ask_to_forget() -> Card:
    """Before erasing."""
    text = (
        "This erases your answers, feedback, streak and settings in this group. It cannot be undone. "
        "Messages that you typed yourself stay in the chat until you delete them."
    )
    buttons = Buttons((Button("Yes, forget me", "forget-now"), Button("Keep my data", "keep")))
    return Card("forget", (Text((text,)), buttons))


def forgotten(counts: Mapping[str, int]) -> Card:
    """The receipt."""
    rows = tuple((label, (str(counts[key]),)) for key, label in ERASED.items() if counts.get(key))
    receipt = (Facts(rows),) if rows else ()
    text = "Erased. I keep nothing about you in this group. If you write here again, you start anew."
    return Card("forgotten", (Text((text,)), *receipt), data=dict(counts))


def _range(stay: AwayRange) -> str:
    first, last = day_text(stay.first), day_text(stay.last)
    return first if first == last else f"{first} to {last}"
