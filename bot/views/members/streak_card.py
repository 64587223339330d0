"""A member's streak with the ledger that explains it."""

from __future__ import annotations

from bot.cards import Bold, Card, Facts, Heading, Text
from bot.domain.group import Member
from bot.domain.streak import FREEZES_A_MONTH, LedgerLine, Mark, Streak
from bot.views.when import day_text

SHOWN_LINES = 14
HOW_TO_START = "Answer a question, or review an answer while its question is open, to start one."
WORDS = {
    Mark.ANSWERED: "answered",
    Mark.REVIEWED: "gave a review",
    Mark.OPEN: "still open",
    Mark.FROZEN: "not in time, a freeze kept your streak",
    Mark.AWAY: "away, does not count",
    Mark.LATE: "answered late, does not count",
    Mark.MISSED: "missed",
}


def streak(counted: Streak, member: Member) -> Card:
    """The count, then one line a question."""
    unit = "question" if counted.current == 1 else "questions"
    head = f"Your streak: {counted.current} {unit}" if counted.current else "No streak yet"
    best = f"Best so far: {counted.best}. Freezes left this month: {counted.freezes_left} of {FREEZES_A_MONTH}."
    lines = counted.ledger[-SHOWN_LINES:]
    ledger = (Facts(tuple((day_text(line.day), (_words(line),)) for line in reversed(lines))),) if lines else ()
    earlier = len(counted.ledger) - len(lines)
    rest = (Text((f"And {earlier} earlier. /tpm-me export has them all.",)),) if earlier > 0 else ()
    start = () if lines else (Text((HOW_TO_START,)),)
    data = {
        "member": member.name,
        "current": counted.current,
        "best": counted.best,
        "freezes_left": counted.freezes_left,
        "ledger": [{"day": line.day.isoformat(), "mark": line.mark.value, "run": line.run} for line in counted.ledger],
    }
    return Card("streak", (Heading(head), Text((Bold(best),)), *start, *ledger, *rest), data=data)


def _words(line: LedgerLine) -> str:
    return f"{WORDS[line.mark]} (streak {line.run})" if line.run else WORDS[line.mark]
