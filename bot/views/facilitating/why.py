"""Why a question was picked for a day, in words."""

from __future__ import annotations

from bot.domain.framework import Framework
from bot.domain.picks import Pick, Rule, Source
from bot.domain.question import KIND_NAMES

_SOURCES = {
    Source.FRESH: "",
    Source.OUTSIDE: "; outside your levels and topics, for all of those were asked",
    Source.AGAIN: "; asked before, for all were asked",
}


def why_text(pick: Pick, framework: Framework) -> str:
    """The reason of a pick as a short clause, such as `week shape: Wednesday, a trade-off`."""
    return _rule(pick, framework) + _SOURCES[pick.source]


def about_text(about: str, framework: Framework) -> str:
    """A section by its short name, or a topic as it is."""
    return next((section.short for section in framework.sections if section.key == about), about)


def _rule(pick: Pick, framework: Framework) -> str:
    why = pick.why
    kind, about = _one(why.about), about_text(why.about, framework)
    return {
        Rule.PINNED: "put there by a facilitator",
        Rule.CHOSEN: "chosen already",
        Rule.WARM_UP: "a warm-up to begin with",
        Rule.NEED: f"your group was weak in {about}: {why.strong} of {why.counted} answers at 3 or more",
        Rule.SECTION: f"{about} was not the main part for two weeks",
        Rule.SHAPE: f"week shape: {pick.day:%A}, {kind}",
        Rule.REST: f"{kind}, for nothing else fitted a {pick.day:%A}",
    }[why.rule]


def _one(kind: str) -> str:
    """A kind of question with its article: `a trade-off`, `an API`, `metrics`."""
    name = KIND_NAMES.get(kind, kind)
    if name.endswith("s"):
        return name
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
