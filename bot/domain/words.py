"""Words of a text, cut to light stems, for finding what speaks of the same thing; other scripts pass unstemmed."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]\w*|\d+(?:[.,]\d+)*")
_FUNCTION_WORDS = """
a about above after again against all also although am an and another any are as at be because been before being below
between both but by can cannot could did do does doing done down during each either else enough even ever every few
first for from further get gets give given gives go goes good had has have having he her here hers him his how i if in
instead into is it its itself just keep keeps kind last least less let like made make makes many may me might more
most much must my name names need needs neither next no nor not nothing now of off often on once one only or other our
out over own per put rather really s said same say says second set sets shall she should show shows since so some
still such t take takes than that the their them then there these they thing things this those though through thus to
too two under until up upon us use used uses using very want was way we well were what when where whether which while
who whom whose why will with within without would yes yet you your yours
"""
_STOP = frozenset(_FUNCTION_WORDS.split())
_SUFFIXES = "ations ation ments ment ness ings ing edly ies ied ers er ed es ly s"
_ENDINGS = tuple(_SUFFIXES.split())
_FEWEST_STEM_CHARS = 3


def stems(text: str) -> list[str]:
    """The content words of `text` in order, lower case and stemmed; function words are left out."""
    words = (word.lower() for word in _WORD.findall(text))
    return [_stem(word) for word in words if word not in _STOP]


def _stem(word: str) -> str:
    if not word.isascii() or word[0].isdigit():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _FEWEST_STEM_CHARS and not word.endswith("ss"):
            word = word[: -len(ending)] + ("y" if ending in ("ies", "ied") else "")
            break
    if word[-1] == word[-2:-1] and word[-1] not in "lsz":
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > _FEWEST_STEM_CHARS else word
