"""An answer to one question of the bank, a reading of it, and the review that follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from bot.domain.answer import Answer, Part, sentences
from bot.domain.group import MemberId
from bot.domain.judge import judge
from bot.domain.question import Facet, LookFor, Question
from bot.domain.review import (
    ClaimReading,
    FixReading,
    Met,
    PointReading,
    Reading,
    Remark,
    Review,
    SectionReading,
    Stamp,
    Usage,
    Verdict,
)
from bot.infra.library import FileLibrary, packaged_library

NOW = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
STAMP = Stamp(
    model="a-model",
    prompt="review",
    prompt_version=2,
    prompt_hash="0123456789abcdef",
    usage=Usage(input_tokens=5200, output_tokens=2100),
    cost_usd=0.03,
    rung="schema",
)
TEXT = """I would use a mix. AI labels for the normal calls and nurses for the urgent ones.
All nurses costs 40,000 x 6 = 240,000 euros, which is four times the budget, so it is not possible.
AI for everything is only 800 euros but it agrees with nurses only 59% on urgent symptoms, and people can die.
So: 8% of 40,000 is 3,200 urgent pairs, two nurses each, 38,400 euros; the rest by AI for about 740 euros.
We give up nurse judgement on the calm calls, but there the AI is as good as nurses.
The paper is about summaries and chat, not about medicine in Finnish, so I would not trust it for urgent calls.
For safety we use guardrails and monitoring best practices.
The metrics are accuracy and user satisfaction.
RLAIF is proven to be equal to RLHF in all tasks.
In 8 weeks that is 40,000 / 8 = 4,000 pairs a week, so two nurses are enough."""


@cache
def library() -> FileLibrary:
    return packaged_library()


def a_question(**changes: Any) -> Question:
    return replace(library().questions["nurse-line-label-source"], **changes)


def without_notes() -> Question:
    return a_question(id="own", emphasis={}, look_for={}, probes=(), pitfalls=(), outline=(), facts=())


def an_answer(text: str = TEXT) -> Answer:
    return Answer(member_id=MemberId("asha"), day=date(2026, 11, 23), parts=(Part("m1", text, NOW),), version=2)


def a_reading(**changes: Any) -> Reading:
    reading = Reading(
        verdict="You split the pairs by risk, and the budget allows it. It hangs on the 59%, whose sample is unknown.",
        slips=(Remark(11, "40,000 pairs in 8 weeks are 5,000 a week, not 4,000."),),
        sections=(
            _section("s1", [("missing-comparison", Met.NO, ()), ("price-both", Met.SPECIFIC, (3, 4))]),
            _section("s2", [("who-carries-harm", Met.NAMED, (4,))]),
            _section("s3", [("urgent-fallback", Met.NO, ())]),
            _section(
                "s4",
                [
                    ("limits-of-paper", Met.NAMED, (7,)),
                    ("split-by-risk", Met.SPECIFIC, (5, 6)),
                    ("agreement-baseline", Met.NAMED, (6,)),
                    ("who-writes-rules", Met.NO, ()),
                ],
                facets={Facet.NUMBER: (5,), Facet.TRADEOFF: (6,), Facet.IMPACT: (4,)},
            ),
            _section("s6", [("standing-audit", Met.NO, ()), ("outcome-pair", Met.NO, ())]),
        ),
        held=Remark(5, "You turned 8% into pairs and euros, so the split can be checked against the budget."),
        hand_waving=(Remark(8, "A reader cannot tell which guard runs on an urgent call."),),
        claims=(ClaimReading(10, Verdict.DIFFERS, "rlaif-matches-rlhf", "The source tested two tasks; you say all."),),
        criteria={"scoping": True, "coherent-design": False, "impact": True},
        fix=FixReading(
            "s6",
            9,
            "As it stands, nobody knows which number would make you stop the AI labels.",
            "Every week nurses label 200 of the AI's pairs again (assumed); below [your limit], AI labels stop.",
        ),
        probe_point="missing-comparison",
        probe="You may ask the pilot team for one more number. Which one, and what would each result mean?",
        language="en",
        off_topic=False,
        instructions_to_judge=(),
    )
    return replace(reading, **changes)


def a_review(reading: Reading | None = None, *, question: Question | None = None, text: str = TEXT) -> Review:
    return judge(
        reading or a_reading(),
        question=question or a_question(),
        framework=library().framework,
        sentences=sentences(text),
        facts=library().facts,
        answer=an_answer(text),
        stamp=STAMP,
        made_at=NOW,
    )


def all_met(question: Question, met: Met, sentence: int) -> tuple[SectionReading, ...]:
    return tuple(
        _section(key, [(look.id, met, (sentence,)) for look in question.look_for[key]]) for key in question.weighed
    )


def a_look(name: str) -> LookFor:
    return LookFor(id=name, point=f"Names {name}", specific="gives a number")


_TEXTS = {
    "s1": (
        "You price both plans against the budget; how often two nurses agree on urgent calls is not asked.",
        "You set 240,000 euros beside 800, so both pure plans are out before any argument.",
        "The 59% is taken as it stands, so a small sample could carry your whole split.",
    ),
    "s2": (
        "You say that people can die; which caller meets a wrong urgent answer is open.",
        "Harm is the reason for your split.",
        "Who could still stop a wrong advice stays open.",
    ),
    "s3": (
        "The 8% of urgent calls waits to be used; no path outside the training takes them over.",
        "The answer trusts the labels to make urgent calls safe.",
        "A call that the model misses is then caught by nothing.",
    ),
    "s4": (
        "You split by risk and count both parts; who writes the rules for the AI is open.",
        "You turn 8% into pairs and euros and name what you give up, so the split can be checked.",
        "It assumes that someone can tell an urgent pair before it is labelled.",
    ),
    "s6": (
        "You name accuracy and satisfaction; the weekly check that would stop the AI labels is missing.",
        "Two measures are there, for the model and for the nurses.",
        "Neither has a limit, so after launch no number would change your split.",
    ),
}
_GISTS = {
    "missing-comparison": "nurse agreement on urgent calls",
    "price-both": "both plans priced against the budget",
    "who-carries-harm": "harm to callers",
    "urgent-fallback": "a path for urgent calls outside the training",
    "limits-of-paper": "why the paper does not settle it",
    "split-by-risk": "nurses for urgent pairs, AI for the rest",
    "agreement-baseline": "AI held against nurses on calm calls",
    "who-writes-rules": "an author for the rules of the AI",
    "standing-audit": "a standing check of the AI labels",
    "outcome-pair": "results on calls, with both kinds of error",
}


def _section(
    key: str, points: list[tuple[str, Met, tuple[int, ...]]], facets: dict[Facet, tuple[int, ...]] | None = None
) -> SectionReading:
    line, *reading = _TEXTS.get(key, ("A line.", "A reading."))
    decided = tuple(PointReading(*point, gist=_GISTS.get(point[0], "")) for point in points)
    return SectionReading(key=key, line=line, reading=" ".join(reading), points=decided, facets=facets or {})
