"""A disagreement with the feedback of a model: the member's form, what becomes of it, and the facilitator's side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.cards import (
    Attachment,
    Block,
    Bold,
    Button,
    Card,
    ChoiceField,
    Form,
    Heading,
    Own,
    Quote,
    Text,
    TextField,
)
from bot.domain.answer import Answer
from bot.domain.framework import Framework
from bot.domain.group import Group
from bot.domain.judge import TOP_BAND
from bot.domain.peer_review import InboxEntry
from bot.domain.review import Review, SectionReview
from bot.domain.second_shot import quotes
from bot.views.cut import cut, line
from bot.views.facilitating.inbox_card import Entry
from bot.views.feedback.labels import ENGLISH
from bot.views.feedback.words import graded
from bot.views.peers.peer_words import CHOICES
from bot.views.when import day_text

LABEL = "I disagree"
SECTION, REASON, BAND, NOTE = "section", "reason", "band", "note"
"""Keys of the two forms' fields."""
MOST_REASON_CHARS = 2_000
MOST_NOTE_CHARS = 1_000
SHOWN_CHARS = 300
READ_CHARS = 1_600
OPTION_CHARS = 75
NAME_CHARS = 40

NO_FEEDBACK = "There is no feedback of a model on that answer, so there is nothing to disagree with."
ALL_SAID = "You have said for every section that you disagree. Where nothing is decided yet, a facilitator will look."
REASON_MISSING = "Say in a sentence or two what the feedback missed or got wrong."
REASON_TOO_LONG = f"This is longer than {MOST_REASON_CHARS:,} characters. What you typed is kept; please shorten it."
NO_SECTION = "Choose the section that you disagree about."
SAID_BEFORE = (
    "You said before that you disagree about this section, and that stands. What you typed now is in the file, "
    "so that it is not lost."
)
NOTE_MISSING = "Say in a sentence why: the member reads it."
NOTE_TOO_LONG = f"This is longer than {MOST_NOTE_CHARS:,} characters. What you typed is kept; please shorten it."
NO_BAND = "Choose the band that you would give."
OWN = "Who disagrees does not change the band. Another facilitator can; you can only let it stand as it is."
GONE = "That is no longer in the inbox. Nothing was changed."
RENEWED = "There is newer feedback since."
CHANGED_SINCE = "The answer was changed since the feedback that is disputed; this is its newest text."
SEALED = "This question is sealed until it closes. What waits about its answers can be read then."


def form(
    action: str, sections: Sequence[SectionReview], framework: Framework, values: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
) -> Form:  # fmt: skip
    """Which section, and why."""
    options = tuple(
        (each.key, line(f"{_short(each.key, framework)}: {graded(each)}", OPTION_CHARS)) for each in sections
    )
    known = values.get(SECTION, "")
    return Form(
        action=action,
        title=LABEL,
        intro="A facilitator reads your reason and decides. Until then the band stands; you are told what they say.",
        fields=(
            ChoiceField(
                key=SECTION, label="Which section?", options=options, value=known if known in dict(options) else ""
            ),
            TextField(
                key=REASON, label="What did the feedback get wrong?", hint="Name the words that show it.",
                value=values.get(REASON, "")[:MOST_REASON_CHARS], fewest_chars=1, most_chars=MOST_REASON_CHARS,
            ),
        ),
        errors=errors or {},
    )  # fmt: skip


def kept(section: str, framework: Framework) -> Card:
    """It is in the inbox."""
    words = f"Kept. A facilitator looks at “{_short(section, framework)}” and I tell you privately what they decide."
    return Card("dispute", (Text((words,)),), data={"section": section})


def lines(disputes: Sequence[InboxEntry], framework: Framework) -> list[Block]:
    """For the full feedback: both bands, and what was said."""
    return [Text((Bold(f"{_short(each.section, framework)}: "), *_said(each))) for each in disputes]


def data(disputes: Sequence[InboxEntry]) -> list[dict[str, object]]:
    """The same, JSON-ready."""
    return [
        {
            "section": each.section,
            "reason": each.note,
            "band": each.band,
            "decided": each.decided,
            "reply": each.reply,
            "open": each.is_open,
        }
        for each in disputes
    ]


def entry(dispute: InboxEntry, section: SectionReview | None, name: str, framework: Framework) -> Entry:
    """One in the inbox."""
    head = (Bold("Disagrees with feedback: "), Own(line(name, NAME_CHARS)), f", {day_text(dispute.day)}")
    reading = f" {cut(section.reading, 200)}" if section and section.reading else "" if section else f" {RENEWED}"
    model = f"{_short(dispute.section, framework)}: the model said {_band(dispute.band)}.{reading}"
    about = f"{dispute.day}:{dispute.author_id}:{dispute.section}:{dispute.version}"
    return Entry(
        at=dispute.at,
        kind=dispute.kind.value,
        about=dispute.id,
        blocks=(Text(head), Text((model,)), Quote(cut(dispute.note, SHOWN_CHARS))),
        buttons=(Button("Decide", f"decide:{about}"), Button("Read the answer", f"dispute-read:{about}")),
    )


def evidence(
    dispute: InboxEntry, answer: Answer, section: SectionReview | None, name: str, prompt: str, framework: Framework
) -> Card:
    """What a facilitator decides on: the reason, the answer, and what the model said of the section."""
    blocks: list[Block] = [
        Heading(f"{_short(dispute.section, framework)}: the model said {_band(dispute.band)}"),
        Text((line(prompt, SHOWN_CHARS),)),
        Text((Bold("The reason of "), Own(line(name, NAME_CHARS)))),
        Quote(cut(dispute.note, SHOWN_CHARS * 2)),
        Text((Bold("The answer"),)),
        Quote(cut(answer.text, READ_CHARS)),
    ]
    if answer.version != dispute.version:
        blocks.append(Text((CHANGED_SINCE,)))
    if section is None:
        blocks.append(Text((RENEWED,)))
    else:
        blocks.append(Text((Bold("The model: "), cut(section.reading, SHOWN_CHARS))))
        blocks += [Text((Own(cut(f"“{each}”", 120)),)) for each in quotes(section)[:3]]
    whole = f"{dispute.note}\n\n---\n\n{answer.text}"
    is_cut = len(answer.text) > READ_CHARS or len(dispute.note) > SHOWN_CHARS * 2
    file = Attachment(f"answer-{dispute.day}.md", whole.encode("utf-8", "replace")) if is_cut else None
    return Card("dispute", tuple(blocks), data={"entry": dispute.id}, file=file)


def decide_form(
    action: str, dispute: InboxEntry, framework: Framework, values: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
) -> Form:  # fmt: skip
    """Which band, and why; the model's is chosen already. A choice's value is a word: a digit would be its place."""
    model = "" if dispute.band is None else CHOICES[dispute.band][0]
    options = tuple(
        (value, f"{ENGLISH.bands[band]} ({band} of {TOP_BAND}{', as the model said' if value == model else ''})")
        for band, (value, _) in enumerate(CHOICES)
    )
    return Form(
        action=action,
        title="Decide",
        intro=f"{_short(dispute.section, framework)}. Both bands are kept and shown to the member, with your note. "
        "Facilitators see who decided; where reviews carry names, the member's export says it too.",
        fields=(
            ChoiceField(key=BAND, label="How far did it come?", options=options, value=values.get(BAND, "") or model),
            TextField(
                key=NOTE, label="What the member is told", hint="Such as: your second sentence does give the number",
                value=values.get(NOTE, "")[:MOST_NOTE_CHARS], fewest_chars=1, most_chars=MOST_NOTE_CHARS,
            ),
        ),
        submit="Decide",
        errors=errors or {},
    )  # fmt: skip


def done(dispute: InboxEntry, name: str, framework: Framework) -> str:
    """What a facilitator is told after it was decided, by them or by somebody before them."""
    name = line(name, NAME_CHARS)
    return f"{_short(dispute.section, framework)} of {name}: {_band(dispute.decided)}. I tell {name} privately."


def outcome(dispute: InboxEntry, framework: Framework) -> str:
    """Both bands in a line, for those who run the group."""
    short = _short(dispute.section, framework)
    if dispute.decided == dispute.band:
        return f"{short} stays at {_band(dispute.band)}"
    return f"{short}: {_band(dispute.decided)}; the model said {_band(dispute.band)}"


def decided(dispute: InboxEntry, group: Group, framework: Framework) -> Card:
    """To the member, privately."""
    head = Text((f"You disagreed with your feedback ({group.name}, {day_text(dispute.day)}).",))
    what = Text((Bold(f"{_short(dispute.section, framework)}: "), *_said(dispute)))
    return Card("dispute", (head, what, Quote(cut(dispute.note, SHOWN_CHARS))), data=data([dispute])[0])


def section_of(made: Review | None, dispute: InboxEntry) -> SectionReview | None:
    """The section as the disputed feedback has it; None if that feedback is gone."""
    if made is None or made.version != dispute.version:
        return None
    return next((each for each in made.sections if each.key == dispute.section), None)


def _said(dispute: InboxEntry) -> tuple[str | Bold | Own, ...]:
    model = f"the model said {_band(dispute.band)}"
    if dispute.is_open:
        return (f"{model}, and you disagree. A facilitator will look at it; the band stands until then.",)
    kept = "a facilitator read it and says the same"
    other = f"a facilitator read it and says {_band(dispute.decided)}"
    return (f"{model}; {kept if dispute.decided == dispute.band else other}. They say: ", Own(cut(dispute.reply, 500)))


def _band(band: int | None) -> str:
    return "not checked" if band is None else f"{band} of {TOP_BAND}, {ENGLISH.bands[band]}"


def _short(key: str, framework: Framework) -> str:
    return next((section.short for section in framework.sections if section.key == key), key)
