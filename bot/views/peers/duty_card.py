"""What a reviewer sees: what they owe, the answer to read, and what their review brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.cards import (
    MOST_CARD_CHARS,
    MOST_LABEL_CHARS,
    Attachment,
    Block,
    Bold,
    Button,
    Buttons,
    Card,
    Code,
    Facts,
    Heading,
    Own,
    Quote,
    Span,
    Text,
)
from bot.domain.answer import Answer
from bot.domain.calibration import Calibrated, Calibration
from bot.domain.duty import AnswerId
from bot.domain.framework import Framework
from bot.domain.group import Group, PeerRules
from bot.views.answering.answer_card import by_parts, in_full
from bot.views.cut import cut, line
from bot.views.peers.peer_words import BANDS, NOT_YET_ON, NOTHING_OWED, OFF
from bot.views.when import day_text, moment

NAME_CHARS = 40
LABEL_NAME_CHARS = MOST_LABEL_CHARS - len("Read 's answer")
TITLE_CHARS = 120
ROOM_CHARS = MOST_CARD_CHARS - 500
MOST_LISTED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ToReview:
    """An answer that somebody may review. `due_at`: until when they were asked to; None if they were not."""

    answer: AnswerId
    author: str
    title: str
    due_at: datetime | None


def asked(duties: Sequence[ToReview], group: Group, *, again: bool = False) -> Card:
    """A direct message: what this member is asked to review. `again`: the one reminder."""
    head = f"{'A reminder: ' if again else ''}{_you_owe(len(duties))} in {line(group.name, NAME_CHARS)}."
    buttons = [_read(each) for each in duties[:MOST_LISTED]]
    rows = [block for each, button in zip(duties, buttons, strict=False) for block in (_line(each, group), button)]
    how = Text(("It takes about five minutes and counts for your streak. ", Code("/tpm-review"), " shows the same."))
    data = {"again": again, "answers": len(duties)}
    return Card("review-asked", (Text((head,)), *rows, how), data=data)


def owed(duties: Sequence[ToReview], others: Sequence[ToReview], group: Group, *, is_on: bool) -> Card:
    """What a member owes; with nothing owed, `others` that they may review all the same."""
    data = {"owed": len(duties), "others": len(others)}
    if duties:
        rows = [block for each in duties[:MOST_LISTED] for block in (_line(each, group), _read(each))]
        return Card("reviews-owed", (Heading(_you_owe(len(duties))), *rows), data=data)
    off = NOT_YET_ON if group.peers.on is None else OFF
    blocks: list[Block] = [Text((NOTHING_OWED if is_on else off,))]
    if others:
        blocks.append(Text(("You may review one all the same; it helps its author, and counts for your streak.",)))
        blocks += [block for each in others[:MOST_LISTED] for block in (_line(each, group), _read(each))]
    return Card("reviews-owed", tuple(blocks), data=data)


def to_read(
    each: ToReview, answer: Answer, prompt: str, framework: Framework, group: Group, *, asked_for: bool
) -> Card:
    """The answer in full, with the way to the form. `asked_for`: they owe it, so they may decline."""
    head = Heading(line(f"{each.author}: {each.title}", TITLE_CHARS))
    by = (Text(("Your review is due by ", moment(each.due_at, group), ".")),) if each.due_at else ()
    about = f"{each.answer.day}:{each.answer.author_id}"
    decline = (Button("I cannot review this", f"decline:{about}"),) if asked_for else ()
    asks = Text((cut(prompt, 600),))
    room = ROOM_CHARS - len(asks.spans[0] if isinstance(asks.spans[0], str) else "")
    whole = by_parts(answer, framework) if answer.by_form else answer.text
    text = "\n".join(row.strip() for row in whole.splitlines() if row.strip())
    fits = len(text) + 2 * text.count("\n") <= room
    shown = Quote(text if fits else cut(text, room - 2 * text[:room].count("\n")))
    more = () if fits else (Text(("Cut to fit. The file has all of it.",)),)
    file = None if fits else Attachment(f"answer-{answer.day}.md", in_full(answer, framework).encode())
    buttons = Buttons((Button("Write my review", f"review:{about}"), *decline))
    data = {"day": str(each.answer.day), "author": each.author}
    return Card("to-review", (head, asks, shown, *more, *by, buttons), data=data, file=file)


def calibrated(made: Calibrated, calibration: Calibration, answer: AnswerId) -> Card:
    """After rating two excerpts: the reference and why."""
    blocks: list[Block] = [Heading("How the references read them")]
    for number, (excerpt, band, gap) in enumerate(zip(calibration.excerpts, made.bands, made.gaps, strict=True), 1):
        said = "the same" if gap == 0 else f"you said {band}, {BANDS[band]}"
        label = f"Excerpt {number}: {excerpt.band}, {BANDS[excerpt.band]}"
        blocks += [Text((Bold(label), f" ({said}).")), Text((excerpt.why,))]
    blocks.append(Text(("Only you see this. It helps to read the words of a band, not the sound of a text.",)))
    blocks.append(Buttons((Button("Write my review", f"review:{answer.day}:{answer.author_id}"),)))
    data = {"section": made.section, "bands": list(made.bands), "references": list(made.references)}
    return Card("calibrated", tuple(blocks), data=data)


def saved(  # noqa: PLR0913  each says one thing that the reviewer has to know
    day: date,
    author: str,
    *,
    posted: bool,
    opens_at: datetime | None,
    group: Group,
    counts: bool,
    opened: bool,
    more: bool,
) -> Card:
    """After a review was given.

    Args:
        day: of the post that was answered.
        author: whose answer it is.
        posted: it is shown (False: the answer was taken back meanwhile).
        opens_at: when it is shown at the latest, if something holds it back.
        group: the reviewer's.
        counts: a question is open, so the review counts for the streak.
        opened: reviews of their own answer open by this.
        more: they owe another one.
    """
    name = Own(line(author, NAME_CHARS) or "the author")
    if not posted:
        spans: tuple[Span, ...] = ("Saved. ", name, " took the answer back meanwhile, so your review is not shown.")
    elif opens_at is not None:
        spans = ("Saved. ", name, " sees it by ", moment(opens_at, group), " at the latest.")
    else:
        spans = ("Saved. Your review is on its way to ", name, ".")
    counted = (" It counts for your streak.",) if counts else ()
    buttons = (*((Button("Read my reviews", f"reviews:{day}"),) if opened else ()),)
    buttons += (Button("The next one", "owed"),) if more else ()
    row = (Buttons(buttons),) if buttons else ()
    return Card("review-saved", (Text((*spans, *counted)), *row), data={"day": str(day), "posted": posted})


def declined(answer: AnswerId, text: str) -> Card:
    """After declining; the way back stays open."""
    button = Button("Write it after all", f"review:{answer.day}:{answer.author_id}")
    return Card("declined", (Text((text,)), Buttons((button,))))


def rules(group: Group, active: int, *, is_on: bool, changed: bool) -> Card:
    """How this group reviews, and how to change it."""
    peers: PeerRules = group.peers
    by_itself = f"by themselves, from three active members on; now {'on' if is_on else 'off'}"
    set_to = {None: by_itself, True: "on", False: "off"}[peers.on]
    rows: tuple[tuple[str, tuple[Span, ...]], ...] = (
        ("Reviews", (f"{set_to}, {active} active (", _how("on"), ")")),
        ("Names", ("the reviewer's name is " + ("shown" if peers.named else "not shown"), " (", _how("names"), ")")),
        ("Give to get", ("on: who gives sees theirs" if peers.give_to_get else "off", " (", _how("give"), ")")),
    )
    notes = [Text(("A review keeps the promise under which it was written: one without a name never gets one.",))]
    if peers.on is False:
        notes = [Text(("Whoever was asked for a review owes it no more. What was written stays.",))]
    return Card(
        "peer-rules",
        (Heading("Saved. Peer reviews" if changed else "Peer reviews"), Facts(rows), *notes),
        data={"on": peers.on, "named": peers.named, "give_to_get": peers.give_to_get, "active": active},
    )


def _how(what: str) -> Code:
    lines = {
        "on": "/tpm-admin reviews on|off|auto",
        "names": "/tpm-admin reviews names=shown|hidden",
        "give": "/tpm-admin reviews give=on|off",
    }
    return Code(lines[what])


def _you_owe(count: int) -> str:
    return "You are asked for one review" if count == 1 else f"You are asked for {count} reviews"


def _line(each: ToReview, group: Group) -> Text:
    by: tuple[Span, ...] = (", by ", moment(each.due_at, group)) if each.due_at else ()
    title = f": {line(each.title, TITLE_CHARS)} ({day_text(each.answer.day)})"
    return Text((Bold("Answer by "), Own(line(each.author, NAME_CHARS) or "a member"), title, *by, "."))


def _read(each: ToReview) -> Buttons:
    """The author's name is in the label, for a screen reader reads buttons one by one."""
    author = line(each.author, LABEL_NAME_CHARS)
    label = f"Read {author}'s answer" if author else "Read the answer"
    return Buttons((Button(label, f"read:{each.answer.day}:{each.answer.author_id}"),))
