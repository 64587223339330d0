"""The words that code prints around a review, in the language of the answer; English where that is not in the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.domain.framework import Framework


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """One language.

    Attributes:
        bands: words for 0 to the top band.
        sections: the framework's own short title -> the same in this language; a title not in it stays as it is.
        day: how `strftime` writes a day, in figures or in the words of this language alone.
    """

    heading: str
    holds: str
    start: str
    fix: str
    try_it: str
    add: str
    off: str
    probe: str
    full: str
    not_asked: str
    waving: str
    agrees: str
    no_source: str
    doubt: str
    seen: str
    specific: str
    named: str
    missing: str
    unchecked: str
    of: str
    bands: tuple[str, ...]
    begun: str
    shaky: str
    unsound: str
    more: str
    file: str
    opinion: str
    cut: str
    manipulation: str
    off_topic: str
    habit: str
    day: str
    sections: Mapping[str, str] = field(default_factory=dict)

    def day_of(self, day: date) -> str:
        """`day` as this language writes it."""
        return day.strftime(self.day)

    def section(self, key: str, framework: Framework) -> str:
        """The short title of a section."""
        short = next((section.short for section in framework.sections if section.key == key), key)
        return self.sections.get(short, short)


ENGLISH = Labels(
    heading="Feedback for {name}",
    holds="What holds",
    start="Build on this",
    fix="Fix this next, in {section}",
    try_it="Try it like this: ",
    add="You could add: ",
    off="What does not fit",
    probe="One question back: ",
    full="Your feedback of {day}, section by section",
    not_asked="Not asked today: {names}.",
    waving="Sounds good, decides nothing yet",
    agrees="Agrees with a source",
    no_source="No source at hand",
    doubt="A doubt: ",
    seen="What good looks like, seen in your answer",
    specific="specific",
    named="named",
    missing="not there yet",
    unchecked="not checked",
    of="{band} of {top}",
    bands=("none of its points yet", "in general words", "partly specific", "specific", "specific and weighed"),
    begun="something to build on",
    shaky="one step is shaky",
    unsound="the reasoning does not hold yet",
    more="and {count} more, in your full feedback",
    file="The file has every word.",
    opinion="A model read this and can be wrong. Where you disagree, trust your reasons.",
    cut="Only the first {count:,} characters were read.",
    manipulation=(
        "Part of your text speaks to whoever reads answers, not to the question. "
        "It earned nothing and took nothing away; the rest was read as usual."
    ),
    off_topic=(
        "So it was not held against today's question. Your words are kept. If you meant another day's question, "
        "reply in that thread. If not, edit this answer and ask for a review of the edit."
    ),
    habit="Worth keeping",
    day="%d %b",
)


def labels_of(language: str) -> Labels:
    """The labels for a BCP 47 tag: `es-CL` reads as `es`; English for a language that is not in the table."""
    from bot.views.feedback.translations import TRANSLATIONS

    return TRANSLATIONS.get(language.replace("_", "-").split("-")[0].lower(), ENGLISH)
