"""Peer reviews as members see them: one under the answer, all of one's own, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.cards import MOST_CARD_CHARS, Attachment, Block, Bold, Button, Buttons, Card, Facts, Heading, Own, Quote, Text
from bot.domain.framework import Framework
from bot.domain.peer_review import CHANGE, PROBE, STRONGEST, PeerReview, ReactionKind
from bot.views.answering.others_card import fair_rooms
from bot.views.cut import cut, line
from bot.views.peers.peer_words import BANDS, NO_REVIEWS
from bot.views.when import day_text

NAME_CHARS = 40
ROOM_CHARS = MOST_CARD_CHARS - 700
"""For the three texts of one review; the rest holds names, bands and labels."""
MOST_SHOWN = 4
MOST_WITH_BUTTONS = 2
"""More rows of buttons than these would not fit; each review has its own in the thread."""
LABELS = {
    STRONGEST: "The strongest point",
    CHANGE: "One change to try",
    PROBE: "A question for the author; answer it here",
}
REACTIONS = (
    (ReactionKind.USED, "I used this"),
    (ReactionKind.THANKS, "Thanks"),
    (ReactionKind.UNCLEAR, "Unclear"),
    (ReactionKind.FLAG, "Flag"),
)
TOLD = {
    ReactionKind.USED: " used your review of their answer",
    ReactionKind.THANKS: " thanks you for your review of an answer",
    ReactionKind.UNCLEAR: " finds your review of an answer unclear. A line in its thread may help",
}
NOTED = {
    ReactionKind.USED: "Noted. I tell the reviewer that you used it.",
    ReactionKind.THANKS: "Noted. I tell the reviewer.",
    ReactionKind.UNCLEAR: "Noted. I tell the reviewer that something is unclear. You can also ask in the thread.",
    ReactionKind.FLAG: "Noted. A facilitator looks at this review; nobody else hears of it.",
}


def review(made: PeerReview, framework: Framework, *, author: str, reviewer: str | None, edited: bool) -> Card:
    """For the thread: words, no grades. `reviewer` is None where no name is shown."""
    who = (Own(line(reviewer, NAME_CHARS) or "a member"),) if reviewer is not None else ("a member",)
    head = Text((Bold("Review by "), *who, ", of the answer by ", Own(line(author, NAME_CHARS) or "a member")))
    older = (Text(("The answer was changed since this was written.",)),) if edited else ()
    blocks = (head, _bands(made, framework), *older, *_texts(made, ROOM_CHARS), _reactions(made))
    return Card("peer-review", blocks, data=_data(made, reviewer), file=_file(made))


def mine(
    day: date, reviews: Sequence[tuple[PeerReview, str | None]], framework: Framework, status: Text | None
) -> Card:
    """All reviews of one's own answer, for its author alone: (review, name or None), oldest first."""
    shown = list(reviews[:MOST_SHOWN])
    blocks: list[Block] = [Heading(f"Reviews of your answer, {day_text(day)}"), *((status,) if status else ())]
    if not shown and status is None:
        blocks.append(Text((NO_REVIEWS,)))
    for made, name in shown:
        who = Own(line(name, NAME_CHARS) or "a member") if name is not None else "a member"
        blocks += [Text((Bold("By "), who)), _bands(made, framework, numbers=True)]
        blocks += [*_texts(made, ROOM_CHARS // len(shown) - 200)]
        blocks += [_reactions(made)] if len(shown) <= MOST_WITH_BUTTONS else []
    whole = "\n\n".join(_markdown(made, name) for made, name in shown)
    is_cut = any(_is_cut(made, ROOM_CHARS // len(shown) - 200) for made, _ in shown)
    file = Attachment(f"reviews-{day}.md", whole.encode()) if is_cut else None
    data = {"day": day.isoformat(), "reviews": [_data(made, name) for made, name in shown]}
    return Card("peer-reviews", tuple(blocks), data=data, file=file)


def told(kind: ReactionKind, made: PeerReview, by: str, group: str) -> Card:
    """For the reviewer: what somebody made of their review."""
    head = Text((Own(line(by, NAME_CHARS) or "A member"), TOLD[kind], f" ({group}, {day_text(made.day)})."))
    return Card("peer-told", (head, Quote(cut(made.texts.get(CHANGE, ""), 400))), data={"kind": kind.value})


def _bands(made: PeerReview, framework: Framework, *, numbers: bool = False) -> Facts:
    rows = ((framework.section(key).short, _band(band, numbers=numbers)) for key, band in made.bands.items())
    return Facts(tuple((title, (words,)) for title, words in rows))


def _band(band: int, *, numbers: bool) -> str:
    return f"{band} of {len(BANDS) - 1}, {BANDS[band]}" if numbers else BANDS[band]


def _texts(made: PeerReview, room_chars: int) -> tuple[Block, ...]:
    texts = [made.texts.get(key, "") for key in LABELS]
    rooms = fair_rooms([_quoted_chars(text) for text in texts], room_chars)
    blocks: list[Block] = []
    for label, text, room in zip(LABELS.values(), texts, rooms, strict=True):
        blocks += [Text((Bold(f"{label}:"),)), Quote(cut(text, max(1, room - 2 * text[:room].count("\n"))))]
    return tuple(blocks)


def _reactions(made: PeerReview) -> Buttons:
    about = f"{made.day}:{made.author_id}:{made.token}"
    return Buttons(tuple(Button(label, f"{kind}:{about}") for kind, label in REACTIONS))


def _quoted_chars(text: str) -> int:
    return len(text) + 2 * (text.count("\n") + 1)


def _is_cut(made: PeerReview, room_chars: int) -> bool:
    return sum(_quoted_chars(made.texts.get(key, "")) for key in LABELS) > room_chars


def _file(made: PeerReview) -> Attachment | None:
    if not _is_cut(made, ROOM_CHARS):
        return None
    return Attachment(f"review-{made.day}.md", _markdown(made, None).encode())


def _markdown(made: PeerReview, name: str | None) -> str:
    head = f"# Review by {name}\n\n" if name else ""
    return head + "\n\n".join(f"## {label}\n\n{made.texts.get(key, '')}" for key, label in LABELS.items())


def _data(made: PeerReview, name: str | None) -> dict[str, Any]:
    return {
        "day": made.day.isoformat(),
        "reviewer": name,
        "version": made.version,
        "bands": dict(made.bands),
        "texts": dict(made.texts),
    }
