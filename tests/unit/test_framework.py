from __future__ import annotations

from pathlib import Path

import pytest

import prompts
from bot.cards import MOST_HINT_CHARS
from bot.infra.library.framework import MOST_ASKS_CHARS, read_framework
from bot.infra.library.located import FileFaulty
from prompts import lock
from tests.reviews import library

# What the seed of this project lists in each section, word by word or in its own terms.
SEED = {
    "s1": "reasoning, multimodal, tool use, code gen|users|queries|latency|cloud|compute budget|training|privacy|"
    "systems|MVP|production-grade",
    "s2": "builds on this|skill level|expect|end users|quality bar|workflow|technical sophistication|frustrations",
    "s3": "preprocessing|postprocessing|foundation model|fine-tuned|routing|ensemble|agents, chains, state machines|"
    "conversation history|embeddings|user preferences|model artifacts|batch|real-time|edge|chunking|vector d|"
    "similarity search|reranking|hybrid search|context window management|prompt engineering|citation|relevance|"
    "faithfulness|answer quality|function calling|planning and reasoning loop|short-term working memory|"
    "long-term memory|what can the agent actually do",
    "s4": "less reasoning time|fewer model calls|smaller models|less compute|provisioned capacity|streaming|caching|"
    "speculative decoding|model distillation|edge deployment|batching|model routing|quantization|spot instances|"
    "chain-of-thought|self-consistency|retrieval augmentation|human-in-the-loop|high-quality demonstrations|"
    "human preference comparisons|KL penalty|DPO|RLAIF|constitutional AI|accuracy|safety|instruction-following|"
    "hallucination|code correctness|human eval|LLM-as-judge|automated benchmarks|A/B testing|contamination|Goodhart|"
    "distributional shift|golden datasets|adversarial examples|edge cases|domain-specific|quadratic attention|"
    "lost in the middle|summarization|hierarchical memory|sliding window|in-context learning|confidence calibration|"
    "retrieval verification|citation validation|grounding|transparency|abstention|factual accuracy benchmarks|"
    "human annotation|automated fact-checking",
    "s5": "REST|streaming|SDK|endpoints|sign-up|first API call|production integration|developers need to succeed|"
    "per token|per request|tiered|seat-based|fair usage|abuse prevention|without breaking existing users",
    "s6": "time to first token|tokens per second|4xx, 5xx|timeouts|cost per 1K tokens|eval suite|hallucination rate|"
    "safety violation rate|7 days|monthly active developers|production integrations|NPS|support ticket volume|"
    "API spend|conversion to paid tiers",
}
TOPICS = (
    "self-attention|positional encoding|chinchilla|multi-head|KV cache|next-token|SFT|mixture-of-experts|"
    "INT8, INT4, GPTQ, AWQ|continuous batching|larger model to a smaller|red teaming|content filtering|"
    "responsible scaling|vision-language|speech|video|cross-modal"
)
OTHER = """---
name: product-sense
version: 1
title: Another method
description: Two sections
sections:
  - {key: a, title: Goal, short: Goal, asks: What for?}
  - {key: b, title: Choice, short: Choice, asks: Which one?}
topics: Topics
criteria: {heading: Good, keys: [clear]}
---
# Another method

## Goal
- **Whom**: who gains
## Choice
### For products with a price
- what is given up,
  and by whom
## Topics
### Pricing
- anchors
## Good
- It is clear
"""


@pytest.mark.parametrize("key", SEED)
def test_a_section_holds_every_point_of_the_seed(key: str) -> None:
    """Each term that the seed lists for a section stands in one of its points."""
    points = "\n".join(
        point for block in library().framework.section(key).blocks for point in (block.title, *block.points)
    )
    missing = [term for term in SEED[key].split("|") if term.lower() not in points.lower()]
    assert not missing


def test_the_topics_and_criteria_of_the_seed_are_there() -> None:
    """The five key topics and the seven criteria of what good looks like are read with all their terms."""
    framework = library().framework
    listed = "\n".join(point for block in framework.topics for point in block.points).lower()
    assert [term for term in TOPICS.split("|") if term.lower() not in listed] == []
    assert len(framework.topics) == 5
    assert len({criterion.key for criterion in framework.criteria}) == 7


def test_another_framework_can_be_dropped_in() -> None:
    """A framework with other sections, keys and criteria is read by the same code."""
    framework = read_framework(prompts.Source("prompts/other.md", OTHER))
    assert [(section.key, section.blocks[0].points) for section in framework.sections] == [
        ("a", ("Whom: who gains",)),
        ("b", ("what is given up, and by whom",)),
    ]
    assert framework.section("b").blocks[0].title == "For products with a price"
    assert [criterion.key for criterion in framework.criteria] == ["clear"]
    assert framework.text.startswith("# Another method")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("title: Choice,", "title: Choices,", "prompts/other.md:8: sections.1.title: needs a heading"),
        ("keys: [clear]", "keys: [clear, kind]", "prompts/other.md:10: criteria: needs its heading"),
        ("short: Goal", "short: a goal with far too many words", "prompts/other.md:7: sections.0.short: at most 24"),
        ("key: b", "key: a", "prompts/other.md:6: sections: keys must differ"),
        ("topics: Topics", "topics: 3", "prompts/other.md:9: topics: Input should be a valid string"),
        ("version: 1", "version: @1", "prompts/other.md:3: front matter: is not YAML"),
        ("---\nname", "name", "prompts/other.md:1: front matter: the file must start"),
    ],
)
def test_a_malformed_framework_names_line_field_and_rule(old: str, new: str, fault: str) -> None:
    """A framework that cannot be read says where and why."""
    with pytest.raises(FileFaulty) as caught:
        read_framework(prompts.Source("prompts/other.md", OTHER.replace(old, new, 1)))
    assert fault in str(caught.value)


def test_the_hint_of_a_section_fits_a_form() -> None:
    """What a section asks for fits the hint of a form field."""
    assert MOST_ASKS_CHARS == MOST_HINT_CHARS


def test_the_lock_is_the_one_of_the_packaged_prompts() -> None:
    """The lock in the package is what the packaged texts give; if not, run `python -m prompts.lock`."""
    standing = (Path(lock.__file__).parent / lock.LOCK).read_text(encoding="utf-8")
    assert lock.lock_text(standing) == standing
    assert {line.split()[0] for line in standing.splitlines()} == {"framework", *prompts.PROMPTS}


def test_a_changed_prompt_needs_a_version_step() -> None:
    """The lock cannot be written while a changed text keeps its version, and can once the version went up."""
    standing = lock.lock_text("", {"review": (1, "aaaa")})
    with pytest.raises(ValueError, match="review: the text changed; raise its version above 1"):
        lock.lock_text(standing, {"review": (1, "bbbb")})
    assert lock.lock_text(standing, {"review": (2, "bbbb")}) == "review 2 bbbb\n"


def test_a_prompt_is_stamped_by_its_body() -> None:
    """A prompt's hash is of its body alone, so any feedback can be traced to the words that made it."""
    review = prompts.prompt("review")
    assert review.hash == prompts.body_hash(review.body) != prompts.body_hash(review.body + " ")
    assert review.body.startswith("# ")
    assert "purpose:" not in review.body


def test_the_cached_prefix_is_long_enough_to_be_cached() -> None:
    """Framework and instructions together pass 1,024 tokens even at six characters a token (reference llm.md 1.3)."""
    assert len(library().framework.text) + len(prompts.prompt("review").body) > 6 * 1024
