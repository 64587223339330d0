"""The words of the feedback cards: how far a section came, and text that is never cut inside a sentence."""

from __future__ import annotations

from bot.domain.judge import TOP_BAND
from bot.domain.prose import sentences
from bot.domain.review import Met, Review, SectionReview, Soundness
from bot.views.cut import line
from bot.views.feedback.labels import ENGLISH, Labels

NOT_ASKED = "Not asked today."


def in_words(section: SectionReview, labels: Labels = ENGLISH) -> str:
    """How far a weighed section came, without a number, such as `specific` or `one step is shaky`."""
    if section.band is None:
        return labels.unchecked
    if section.soundness is Soundness.UNSOUND:
        return labels.unsound
    if section.soundness is Soundness.SHAKY:
        return labels.shaky
    if section.band == 0 and any(section.facets.values()):
        return labels.begun
    return labels.bands[section.band]


def graded(section: SectionReview, labels: Labels = ENGLISH) -> str:
    """The same with the band, such as `2 of 4, partly specific`."""
    words = in_words(section, labels)
    if section.band is None:
        return words
    return f"{labels.of.format(band=section.band, top=TOP_BAND)}, {words}"


def met_word(met: Met, labels: Labels) -> str:
    """How far a point is met."""
    return {
        Met.SPECIFIC: labels.specific,
        Met.NAMED: labels.named,
        Met.NO: labels.missing,
        Met.NOT_CHECKED: labels.unchecked,
    }[met]


def holds(review: Review) -> bool:
    """Whether the sentence that was held up earned full credit somewhere; else it is one to build on."""
    if review.held is None:
        return False
    earned = (p.quotes for section in review.sections for p in section.points if p.met is Met.SPECIFIC)
    weighed = (quotes for section in review.sections for quotes in section.facets.values())
    return any(review.held.quote in quotes for quotes in (*earned, *weighed))


def told(text: str, most_chars: int) -> str:
    """The first whole sentences of `text` within `most_chars`, on one line; a longer first sentence is cut."""
    text = " ".join(text.split())
    if len(text) <= most_chars:
        return text
    kept = ""
    for sentence in sentences(text):
        longer = f"{kept} {sentence}".strip()
        if len(longer) > most_chars:
            break
        kept = longer
    return kept or line(text, most_chars)
