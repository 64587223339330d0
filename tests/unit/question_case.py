"""A question that keeps every rule, and a way to vary it."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.question import Facet, LookFor, Pitfall, Probe, Question

TOPICS = ("rag-systems", "evals", "metrics", "hallucination", "agent-systems", "api-design", "multimodal")
FACTS = ("rrf-k60", "ragas-faithfulness", "tail-at-scale-63pct")


def point(name: str, *facets: Facet) -> LookFor:
    return LookFor(id=name, point="Names it", specific="gives its size", facets=frozenset(facets))


GOOD = Question(
    id="support-rag-insurer",
    title="Policy answers for an insurer's call centre",
    kind="rag",
    topic="rag-systems",
    also=("hallucination", "metrics"),
    level=2,
    minutes=20,
    prompt="How would you build an assistant that answers policy questions, e.g. on v2.0 rules? Choose one route.",
    givens=("40,000 PDF pages in two languages", "answers wanted within 3 s"),
    emphasis={"s1": 1, "s2": 0, "s3": 3, "s4": 3, "s6": 2},
    look_for={
        "s1": (point("a-1"),),
        "s3": (point("b-1", Facet.NUMBER), point("b-2")),
        "s4": (point("c-1", Facet.TRADEOFF), point("c-2")),
        "s6": (point("d-1", Facet.IMPACT),),
    },
    pitfalls=(Pitfall("Trusts retrieval", ("grounded so safe",)), Pitfall("Skips tests", ("looks fine",))),
    probes=(Probe("a-1", "Why?"), Probe("b-1", "How much?"), Probe("c-1", "What else?")),
    outline=(
        "Index changes within 24 hours, so 30 changes a week are seen [assumed]",
        "Fuse two rankings with k of 60 [rrf-k60]",
        "Test recall first",
        "Refuse without a source",
        "Keep a human in the loop",
        "Stop at 2% wrong answers [ragas-faithfulness] [assumed]",
    ),
    runner_up="Search only. It wins if wrong answers bind the insurer.",
    facts=FACTS,
    variants=("The same, but on the insurer's own servers",),
)


def question(name: str, topic: str = "evals", **changes: object) -> Question:
    return replace(GOOD, id=name, topic=topic, **changes)  # type: ignore[arg-type]  # the fields of a dataclass by name
