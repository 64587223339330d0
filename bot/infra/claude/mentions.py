"""Finds what a member must never read in prose: numbers of sentences, which no member sees, and ids of our notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.infra.claude.schema import WireReading

_NUMBERED = re.compile(
    r"\b(?:sentences?|phrases?|frases?|oraci[oó]n(?:es)?|s[aä]tz(?:e|en|es)?|senten[cç]as?|frasi|zinn?en|zin)"
    r"\s*(?:n[or°º]?\.?\s*)?[#(\[]?\d|\[\d{1,3}\]|第\s*\d+\s*[句文]",
    re.IGNORECASE,
)
"""The languages of the card's labels, and a few more; a sentence called by its number has this form in them."""


def mentions(reading: WireReading, ids: Iterable[str]) -> Iterator[str]:
    """A fault, by path, for each text that names a sentence by its number or holds one of `ids`.

    An id of two words, such as `stop-rule`, may be plain prose; it counts when it stands in quotes or brackets.
    """
    known = _known(frozenset(ids))
    for path, text in prose(reading):
        if match := _NUMBERED.search(text):
            yield f"{path}: says {match[0]!r}; members see no numbers, name the thing itself"
        if match := known.search(text):
            yield f"{path}: says {match[0]!r}, an id that members never see"


def _known(ids: frozenset[str]) -> re.Pattern[str]:
    listed = "|".join(map(re.escape, sorted(ids, key=len, reverse=True)))
    alone = "|".join(re.escape(name) for name in sorted(ids, key=len, reverse=True) if name.count("-") != 1)
    return re.compile(rf"(?<![\w-])(?:{alone or '(?!)'})(?![\w-])|[`'\"(\[](?:{listed or '(?!)'})[`'\")\]]")


def prose(reading: WireReading) -> Iterator[tuple[str, str]]:
    """Every text of a reading that a member may read, with its path."""
    for at, section in enumerate(reading.sections):
        path = f"sections[{at}]"
        yield from ((f"{path}.line", section.line), (f"{path}.reading", section.reading))
        yield f"{path}.soundness_reason", section.soundness_reason
        yield from ((f"{path}.points[{index}].gist", point.gist) for index, point in enumerate(section.points))
        yield from ((f"{path}.also_good[{index}].move", move.move) for index, move in enumerate(section.also_good))
    yield from ((f"slips[{at}].why", slip.why) for at, slip in enumerate(reading.slips))
    yield from ((f"claims[{at}].note", claim.note) for at, claim in enumerate(reading.claims))
    yield from ((f"hand_waving[{at}].why", remark.why) for at, remark in enumerate(reading.hand_waving))
    yield from (("held.why", reading.held.why), ("verdict", reading.verdict))
    yield from (("fix.why", reading.fix.why), ("fix.rewrite", reading.fix.rewrite), ("probe", reading.probe))
