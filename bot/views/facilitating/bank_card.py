"""The group's question bank, for those who run the group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.cards import (
    Attachment,
    Block,
    Bold,
    Bullets,
    Button,
    Buttons,
    Card,
    Code,
    Facts,
    Form,
    Heading,
    Own,
    Span,
    Text,
    TextField,
)  # fmt: skip
from bot.domain.framework import Framework
from bot.domain.own_question import Typed
from bot.domain.question import KIND_NAMES, READY, RETIRED, Fault, Question
from bot.domain.suggestion import Suggestion
from bot.views.cut import cut, fits, line
from bot.views.question_card import LEVELS
from bot.views.when import day_text

A_PAGE = 10
LINE_CHARS = 200
FIELDS = {
    "title": "Title",
    "prompt": "The question",
    "givens": "Givens, one a line",
    "notes": "What to look for, one a line",
    "about": "Topic, level and kind",
}
HINTS = {
    "title": "At most 60 characters, no answer in it",
    "prompt": "One or two sentences, at most 60 words",
    "givens": "2 to 5, with numbers; or leave it empty",
    "notes": "s4: says what is lost -> by how much. Empty: the framework's points",
    "about": "Such as: evals, 2, trade-off",
}
MOST_TYPED_CHARS = 3_000
ADD_TITLE = "Add a question"
EDIT_TITLE = "Edit the question"
EXPORT_FORM = "I can write the bank as md, csv or json, such as: bank export csv. Nothing was changed."
NONE_OF_ITS_OWN = "This group has no question of its own yet. Add one with /tpm-admin bank add."
TOO_LONG_FOR_FORM = (
    "This question has more text than a form holds. Export the bank, change the file, and ask whoever runs the program "
    "to import it. Nothing was changed."
)
WHICH = "Which question? Give its id, such as rag-park-visitors. /tpm-admin bank list TOPIC shows them."


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A question as the bank lists it. `own`: the group wrote it; `used_on`: dates on which it was asked."""

    question: Question
    own: bool
    used_on: Sequence[date]


def overview(entries: Sequence[Entry], topics: Mapping[str, str]) -> Card:
    """How many questions each topic has."""
    ready = Counter(each.question.topic for each in entries if each.question.status == READY)
    asked = Counter(each.question.topic for each in entries if each.question.status == READY and each.used_on)
    rest = sum(each.question.status != READY for each in entries)
    own = sum(each.own for each in entries)
    rows = tuple((topic, (_left(ready[topic], asked[topic]),)) for topic in topics if ready[topic])
    told = f"{sum(ready.values())} questions are ready, {rest} are retired or drafts, {own} are the group's own."
    return Card(
        "bank",
        (
            Heading("The bank"),
            Text((told,)),
            Facts(rows),
            Text(("See one topic with ", Code("/tpm-admin bank list TOPIC"), ".")),
            Buttons((Button("Add a question", "bank-add"), Button("Export the group's own", "bank-export:md"))),
        ),
        data={"ready": dict(ready), "asked": dict(asked), "own": own},
    )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."


def _left(ready: int, asked: int) -> str:
    return f"{ready} ready, {ready - asked} not asked yet"


def listed(entries: Sequence[Entry], what: str, key: str, page: int) -> Card:
    """One page of a list: `what` it holds, in words, and its `key` for the buttons that turn the page."""
    pages = max(1, -(-len(entries) // A_PAGE))
    page = min(max(page, 1), pages)
    shown = entries[(page - 1) * A_PAGE : page * A_PAGE]
    turns = [Button("Previous page", f"bank-page:{key}:{page - 1}")] if page > 1 else []
    turns += [Button("Next page", f"bank-page:{key}:{page + 1}")] if page < pages else []
    of = f", page {page} of {pages}" if pages > 1 else ""
    blocks: tuple[Block, ...] = (
        Heading(f"{what}: {len(entries)}{of}"),
        Bullets(tuple(_entry(each) for each in shown)),
        Text(("See one with ", Code("/tpm-admin bank show QUESTION"), ".")) if shown else Text(("None yet.",)),
        *((Buttons(tuple(turns)),) if turns else ()),
    )
    return Card("bank", blocks, data={"questions": [each.question.id for each in shown], "page": page, "pages": pages})


def _entry(entry: Entry) -> tuple[Span, ...]:
    question = entry.question
    return (
        Own(line(question.title, LINE_CHARS)), " (", Code(question.id), f"): {LEVELS.get(question.level, 'core')}, ",
        f"{_kind(question)}, {_state(entry)}",
    )  # fmt: skip


def _kind(question: Question) -> str:
    return KIND_NAMES.get(question.kind, question.kind)


def _state(entry: Entry) -> str:
    own = "the group's own, " if entry.own else ""
    status = "" if entry.question.status == READY else f"{entry.question.status}, "
    return f"{own}{status}{_used(entry.used_on)}"


def _used(days: Sequence[date]) -> str:
    if not days:
        return "never asked"
    times = "once" if len(days) == 1 else f"{len(days)} times"
    return f"asked {times}, last on {day_text(days[-1])} {days[-1].year}"


def shown(entry: Entry, framework: Framework, *, said: str = "", on: Sequence[date] = ()) -> Card:
    """One question with its notes; only those who run the group see it. `on`: dates that a facilitator put it on."""
    question = entry.question
    note = f" It stood in the queue on {', '.join(map(day_text, on))}; another question comes there." if on else ""
    head: tuple[Block, ...] = (
        *((Text((f"{said}{note}",)),) if said else ()),
        Heading(line(question.title, LINE_CHARS)),
        Text((Own(cut(question.prompt, 900)),)),
    )
    about = f"{question.topic}, {LEVELS.get(question.level, 'core')}, {_kind(question)}, {question.minutes} minutes"
    facts = Facts((("Id", (Code(question.id),)), ("About", (about,)), ("State", (_state(entry),))))
    givens = (Bullets(tuple((Own(line(given, LINE_CHARS)),) for given in question.givens)),) if question.givens else ()
    for chars in (LINE_CHARS, 110, 60, 0):
        blocks = (*head, *givens, facts, *_notes(question, framework, chars), _actions(entry))
        if fits(blocks):
            break
    return Card("bank", blocks, data={"question": question.id, "status": question.status, "own": entry.own})


def _notes(question: Question, framework: Framework, chars: int) -> tuple[Block, ...]:
    if not question.look_for:
        return (Text(("It has no notes, so answers are judged by the framework's own points.",)),)
    if not chars:
        return (Text((f"It has {sum(map(len, question.look_for.values()))} notes; the export has them.",)),)
    items = tuple(
        (Bold(f"{section.short}: "), Own(line(f"{point.point} -> {point.specific}", chars)))
        for section in framework.sections
        for point in question.look_for.get(section.key, ())
    )
    return (Text((Bold("What to look for"),)), Bullets(items))


def _actions(entry: Entry) -> Buttons:
    question = entry.question
    if question.status == RETIRED:
        state = Button("Use it again", f"bank-unretire:{question.id}")
    else:
        state = Button("Retire", f"bank-retire:{question.id}")
    edit = (Button("Edit", f"bank-edit:{question.id}"),) if entry.own else ()
    return Buttons((*edit, state))


def question_form(
    typed: Typed, action: str, title: str, framework: Framework, faults: Sequence[Fault] = (), *, about: str = ""
) -> Form:
    """The form of a question: new, changed, or made of a suggestion, as `about` says; `faults` of what was typed."""
    sections = ", ".join(f"{section.key} {section.short}" for section in framework.sections)
    values = {"title": typed.title, "prompt": typed.prompt, "givens": typed.givens, "notes": typed.notes,
              "about": typed.about}  # fmt: skip
    errors: dict[str, str] = {}
    for fault in faults:
        field = fault.field if fault.field in FIELDS else "prompt"
        named = "This" if fault.field in FIELDS else line(fault.field, 40)
        errors[field] = " ".join(filter(None, (errors.get(field, ""), _sentence(f"{named} {fault.rule}"))))
    return Form(
        action=action,
        title=title,
        intro=" ".join(filter(None, (about, f"Sections: {sections}."))),
        fields=tuple(
            TextField(
                key=key, label=label, hint=HINTS[key], value=values[key][:MOST_TYPED_CHARS],
                fewest_chars=int(key in {"title", "prompt", "about"}), most_chars=MOST_TYPED_CHARS,
                multiline=key in {"prompt", "givens", "notes"},
            )
            for key, label in FIELDS.items()
        ),
        submit="Save",
        errors={key: line(text, 300) for key, text in errors.items()},
    )  # fmt: skip


def exported(count: int, file: Attachment) -> Card:
    """The file goes along."""
    text = f"The group's own questions, {count} of them, are in the file, with their notes. Only you see it."
    return Card("bank", (Text((text,)),), data={"count": count, "name": file.name}, file=file)


def saved(title: str, near: Question | None, *, new: bool) -> str:
    """After adding or changing; `near` is nearly the same question."""
    said = f"{title} is in the bank now." if new else f"{title} is changed."
    if near is None:
        return said
    return f"{said} It is nearly the same as {near.title} ({near.id}). If one of them is enough, retire the other."


def retired(title: str, *, on: bool) -> str:
    """After retiring, or taking it back."""
    return f"{title} is retired: it is not asked any more." if on else f"{title} is ready to be asked again."


def packaged_stays(title: str) -> str:
    """Refuses to change a packaged question."""
    return (
        f"{title} comes with the program, so its text cannot be changed here. "
        "Retire it, and add a question of your own in its place. Nothing was changed."
    )


def no_such_topic(typed: str, near: Sequence[str]) -> str:
    """Refuses a topic or a word that lists nothing."""
    hint = f"Did you mean {near[0]}?" if near else "Give a topic, own, retired or draft."
    return f"The bank has no list “{line(typed, 40)}”. {hint}"


def suggested(suggestion: Suggestion) -> str:
    """Above the form that makes a question of a suggestion."""
    return f"Suggested on {day_text(suggestion.at.date())}. Sending the form puts it into the bank."
