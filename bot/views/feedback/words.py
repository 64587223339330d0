"""The words of the feedback cards: how far a section came, without a number and with one."""

from __future__ import annotations

from bot.domain.judge import TOP_BAND
from bot.domain.review import Met, SectionReview, Soundness, Verdict

NOT_ASKED = "Not asked today."
MET = {
    Met.SPECIFIC: "specific",
    Met.NAMED: "named",
    Met.NO: "not there yet",
    Met.NOT_CHECKED: "not checked",
}
VERDICT = {
    Verdict.MATCHES: "matches",
    Verdict.DIFFERS: "differs from",
    Verdict.NO_SOURCE: "no source at hand",
}
_DOUBT = {Soundness.SHAKY: "one step is shaky", Soundness.UNSOUND: "the reasoning does not hold yet"}
_COUNTS = ("no", "one", "two", "three", "four", "five", "six")


def in_words(section: SectionReview) -> str:
    """How far a weighed section came, such as `two points specific, but one step is shaky`."""
    if section.band is None:
        return "could not be checked"
    doubt = _DOUBT.get(section.soundness)
    how = _how(section)
    if doubt is None:
        return how
    return f"{how}, but {doubt}" if section.band else doubt


def graded(section: SectionReview) -> str:
    """The same with the band, such as `2 of 4, one point specific`."""
    return in_words(section) if section.band is None else f"{section.band} of {TOP_BAND}, {in_words(section)}"


def _how(section: SectionReview) -> str:
    met = [point.met for point in section.points]
    specific = met.count(Met.SPECIFIC)
    if section.band == 0:
        return "nothing yet"
    if section.band == TOP_BAND:
        return "specific, weighed, and tied to its effect"
    if specific == 1 and section.band == TOP_BAND - 1:
        return "half or more of the points met, one of them specific"
    if specific:
        count = _COUNTS[specific] if specific < len(_COUNTS) else str(specific)
        return f"{count} point{'s' if specific > 1 else ''} specific"
    return "named, not yet specific"
