"""Notes for a reviewer, turned into questions to oneself: "Names the risk" becomes "Did you name the risk?"."""

from __future__ import annotations

import re

_IRREGULAR = {"has": "have", "does": "do", "goes": "go", "is": "be", "quizzes": "quiz"}
_NOUNS_AND_SMALL_WORDS = "always this its as is has was us plus versus less across access thus besides perhaps"
_NO_VERB = frozenset(_NOUNS_AND_SMALL_WORDS.split())
_HELPERS = "is are was were has have had can must should may will do does go goes get gets at in on of and"
_AFTER_A_NOUN = frozenset(_HELPERS.split())
_NOTE_VERBS = """
adds asks assumes calculates changes checks chooses combines compares computes connects counts covers decides defines
describes estimates explains finds follows gives includes keeps limits lists makes measures names notices pairs picks
places plans points prices proposes protects puts questions quotes respects routes says separates sets shows splits
states stops tells tests ties treats turns uses weighs
"""
_INNER = frozenset(_NOTE_VERBS.split())
"""Verbs that our notes use after "and"; others stand there as nouns too often to be turned."""
_RELATIVE = frozenset({"who", "that", "which", "what", "it", "and", "or"})
_JOINED = re.compile(r"\b(and|or|but|then) ([a-z]+)(?= )")


def as_question(point: str, specific: str) -> str:
    """The point as a question to the writer, with what a specific answer does.

    Notes start with a verb ("Names the risk") by the house's rule; for others the point itself is put up for the check.
    """
    point, specific = point.strip().rstrip("."), specific.strip().rstrip(".")
    first, _, rest = point.partition(" ")
    if ":" in point:
        asked = point if "?" in point else f"{point}?"
    elif _is_verb(first, rest):
        asked = f"Did you {_bare(first.lower())} {_turned(rest)}?"
    else:
        asked = f"Did you cover this: {point[0].lower() + point[1:] if first.istitle() else point}?"
    opening, _, following = specific.partition(" ")
    leads = "A specific answer" if _is_verb(opening, following) else "To be specific:"
    return f"{asked} {leads} {specific}." if specific else asked


def _is_verb(word: str, rest: str) -> bool:
    """Whether a note starts with a verb in the third person; `rest` follows it."""
    lowered = word.lower()
    follows = rest.partition(" ")[0].lower()
    if not lowered.isascii() or not lowered.isalpha() or lowered in _NO_VERB:
        return False
    return lowered in _INNER or (lowered.endswith("s") and not lowered.endswith("ss") and follows not in _AFTER_A_NOUN)


def _turned(rest: str) -> str:
    """`rest` with the further verbs of the same subject bare too ("and says why" becomes "and say why")."""

    def bare(match: re.Match[str]) -> str:
        before = rest[: match.start()].split()
        of_another = len(before) > 1 and before[-2] in _RELATIVE
        return f"{match[1]} {_bare(match[2]) if match[2] in _INNER and not of_another else match[2]}"

    return _JOINED.sub(bare, rest)


def _bare(verb: str) -> str:
    """The verb without its third person: notices, carries, passes, says."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("ies") and len(verb) > 4:  # noqa: PLR2004  ties and dies keep their ie
        return f"{verb[:-3]}y"
    if verb.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return verb[:-2]
    return verb[:-1]
