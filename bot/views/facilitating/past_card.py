"""What was decided in the inbox, and by whom: for those who run the group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards import Bold, Button, Buttons, Card, Heading, Own, Span, Text
from bot.domain.group import Group
from bot.domain.peer_review import KEPT, REMOVED, InboxEntry, InboxKind
from bot.views.cut import cut, line
from bot.views.facilitating.entry_card import HEADS, NAME_CHARS
from bot.views.when import day_text, moment

A_PAGE = 6
NOTE_CHARS = 200
NOTHING = "Nothing was decided in this inbox yet."
NOT_KEPT = "Who decided is not kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One decision.

    Attributes:
        author: whose answer it is about, by name.
        by: who decided, by name; None if that is not kept.
        what: of a disagreement, its section and both bands in words.
    """

    entry: InboxEntry
    author: str
    by: str | None
    what: str = ""


def decided(past: Sequence[Past], page: int, group: Group) -> Card:
    """One page, the newest first."""
    if not past:
        return Card("inbox-past", (Text((NOTHING,)), Buttons((Button("Inbox", "inbox:1"),))), data={"decisions": []})
    pages = -(-len(past) // A_PAGE)
    shown = min(max(page, 1), pages)
    some = past[(shown - 1) * A_PAGE : shown * A_PAGE]
    of = f", page {shown} of {pages}" if pages > 1 else ""
    turns = [Button("Newer", f"inbox-past:{shown - 1}")] if shown > 1 else []
    turns += [Button("Older", f"inbox-past:{shown + 1}")] if shown < pages else []
    turns.append(Button("Inbox", "inbox:1"))
    data = [
        {"kind": each.entry.kind.value, "day": str(each.entry.day), "outcome": each.entry.outcome, "by": each.by}
        for each in some
    ]
    rows = (Text(_row(each, group)) for each in some)
    head = Heading(f"Decided: {len(past)}{of}")
    return Card(
        "inbox-past", (head, *rows, Buttons(tuple(turns))), data={"decisions": data, "page": shown, "pages": pages}
    )


def _row(past: Past, group: Group) -> tuple[Span, ...]:
    entry = past.entry
    head: list[Span] = [Bold(HEADS[entry.kind.value]), ", ", Own(line(past.author, NAME_CHARS))]
    head.append(f", {day_text(entry.day)}. {_outcome(past)}. ")
    who: list[Span] = [NOT_KEPT] if past.by is None else ["Decided by ", Own(line(past.by, NAME_CHARS))]
    when: list[Span] = [", ", moment(entry.closed_at, group)] if entry.closed_at else []
    note: list[Span] = [" “", Own(cut(entry.reply, NOTE_CHARS)), "”"] if entry.reply else []
    return (*head, *who, *when, ".", *note)


def _outcome(past: Past) -> str:
    entry = past.entry
    if entry.kind is InboxKind.DISPUTE:
        return past.what
    if entry.kind is InboxKind.UNREVIEWED:
        return "It stays without a review"
    again = ", for the second time" if entry.outcome == KEPT and entry.kept_at else ""
    return "The review left the chat" if entry.outcome == REMOVED else f"The review stays{again}"
