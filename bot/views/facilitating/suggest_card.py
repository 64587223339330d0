"""What a member who suggests a question sees, and the facilitators' side of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.cards import Attachment, Bold, Bullets, Button, Card, Form, Own, Quote, Text, TextField
from bot.domain.group import Group
from bot.domain.question import Question
from bot.domain.suggestion import MOST_OPEN, Suggestion, SuggestionState
from bot.views.cut import cut, line
from bot.views.facilitating.inbox_card import Entry
from bot.views.notices import refusal
from bot.views.when import day_text

SHOWN_CHARS = 600
TITLE_CHARS = 80
MOST_NOTE_CHARS = 1_000
NOTHING_TYPED = (
    "Type the question behind the command, such as: /tpm-suggest How would you test a translator for court letters?"
)
TOO_MANY = (
    f"Not kept: {MOST_OPEN} of your suggestions wait already. What you typed is in the file below; please suggest it "
    "again when the facilitators have looked at the others."
)
DECLINE_TITLE = "Decline"
NOTE_MISSING = "Say in a sentence why, so that the member knows."
GONE = "That suggestion is no longer here. Nothing was changed."


def kept(alike: Sequence[Question]) -> Card:
    """It is kept; and what the bank has already that asks nearly the same."""
    blocks = [Text(("Kept. The facilitators read it, and I tell you privately what becomes of it.",))]
    if not alike:
        return Card("suggestion", tuple(blocks), data={"alike": []})
    near = Bullets(tuple((Own(line(each.title, TITLE_CHARS)),) for each in alike))
    label = Text((Bold("The bank has something close to it:"),))
    return Card("suggestion", (*blocks, label, near), data={"alike": [each.id for each in alike]})


def too_many(text: str) -> Card:
    """Refuses one more, and gives the words back."""
    return replace(refusal(TOO_MANY), file=Attachment("suggestion.txt", text.encode("utf-8", "replace")))


def entry(suggestion: Suggestion, name: str, alike: Sequence[Question]) -> Entry:
    """One suggestion in the inbox."""
    shown = cut(suggestion.text, SHOWN_CHARS)
    more = Text((f"It has {len(suggestion.text)} characters in all; Edit shows more.",))
    near = ", ".join(f"{line(each.title, TITLE_CHARS)} ({each.id})" for each in alike)
    return Entry(
        at=suggestion.at,
        kind="suggestion",
        about=suggestion.id,
        blocks=(
            Text((Bold("Suggestion"), " by ", Own(name), f", {day_text(suggestion.at.date())}")),
            Quote(shown),
            *((more,) if len(shown) < len(suggestion.text) else ()),
            *((Text((Bold("Close to: "), Own(near))),) if alike else ()),
        ),
        buttons=(
            Button("Approve", f"suggestion-approve:{suggestion.id}"),
            Button("Edit", f"suggestion-edit:{suggestion.id}"),
            Button("Decline", f"suggestion-decline:{suggestion.id}"),
        ),
    )


def decline_form(action: str, note: str, *, error: str = "") -> Form:
    """A note to the member."""
    field = TextField(
        key="note", label="What the member is told", hint="Such as: we have one close to it", value=note,
        fewest_chars=1, most_chars=MOST_NOTE_CHARS,
    )  # fmt: skip
    errors = {"note": error} if error else {}
    return Form(action=action, title=DECLINE_TITLE, fields=(field,), submit="Decline", errors=errors)


def done(suggestion: Suggestion, name: str) -> str:
    """What a facilitator is told after an entry was settled, by them or by somebody before them."""
    what = "is in the bank now" if suggestion.state is SuggestionState.APPROVED else "is declined"
    return f"The suggestion by {name} {what}. I tell {name} privately."


def decided_before(suggestion: Suggestion, name: str) -> str:
    """For a facilitator who sends a form after somebody else has settled the entry in another way."""
    what = "is in the bank already" if suggestion.state is SuggestionState.APPROVED else "was declined already"
    return (
        f"The suggestion by {name} {what}: somebody decided while you typed. What you typed was not used; it is in the "
        "file below."
    )


def settled(suggestion: Suggestion, group: Group, question: Question | None) -> Card:
    """To the member, privately."""
    if suggestion.state is SuggestionState.APPROVED:
        title = line(question.title, TITLE_CHARS) if question else "Your question"
        head = Text(
            (f"Thank you: what you suggested in {group.name} is in the question bank now, as “", Own(title), "”.")
        )
    else:
        head = Text((f"The facilitators of {group.name} did not take up your suggestion:",))
    note = (Text((Bold("They say: "), Own(suggestion.note))),) if suggestion.note else ()
    quote = Quote(cut(suggestion.text, SHOWN_CHARS))
    return Card("suggestion", (head, quote, *note), data={"state": suggestion.state.value})
