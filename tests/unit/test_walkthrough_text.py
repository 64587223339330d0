from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.walkthrough import Grounding, Shape, Source, Text, ask_id, is_too_little, key_of
from bot.domain.walkthrough_checks import faults
from bot.domain.walkthrough_text import LONGEST_LINE_CHARS, mark, numbers_as_marks, take_apart, without_links
from bot.infra.claude.research_reply import is_web
from bot.infra.library import packaged_library

FRAMEWORK = packaged_library().framework
KEYS = [section.key for section in FRAMEWORK.sections]
SOURCES = (Source("https://www.a.example/1", "A"), Source("https://b.example/2", "B"))


def taken(text: str, sources: tuple[Source, ...] = SOURCES) -> Text:
    return take_apart(text, KEYS, sources)


def chapter(body: str, number: int = 4) -> Text:
    return taken(f"## {number}. Title\n{body}")


@pytest.mark.parametrize("head", ["## 2. Users", "# 2) Users", "**2. Users**", "### **2. Users**", "## Section 2: Who"])
def test_a_section_is_told_by_its_number(head: str) -> None:
    """However a heading is written and in whatever language, its number says which section begins."""
    made = taken(f"small talk\n{head}\nTwo people use it.")
    assert [(each.key, each.lines[0].text) for each in made.chapters] == [("s2", "Two people use it.")]


def test_the_short_answer_is_no_section() -> None:
    """What stands under number 0 is the short answer."""
    made = taken("## 0. In short\nBuild it small.\n## 1. Scope\nTen calls.")
    assert ([line.text for line in made.short], len(made.chapters)) == (["Build it small."], 1)


def test_shapes_are_kept() -> None:
    """Bullets, small headings, lines of a diagram and paragraphs are told apart; rules are dropped."""
    made = chapter("### Part\n- one\n2. two\n---\n```\na -> b\n```\ntext", 3)
    shapes = [(line.shape, line.text) for line in made.chapters[0].lines]
    assert shapes == [
        (Shape.HEADING, "Part"), (Shape.POINT, "one"), (Shape.POINT, "two"), (Shape.DIAGRAM, "a -> b"),
        (Shape.TEXT, "text"),
    ]  # fmt: skip


def test_a_heading_inside_a_diagram_begins_no_section() -> None:
    """Only outside a fence does a number begin a section."""
    assert [each.key for each in chapter("```\n## 5. not a section\n```", 3).chapters] == ["s3"]


def test_sources_are_numbered_by_first_mention() -> None:
    """A source that is cited first is number 1, and one that no mark names is left out."""
    made = chapter(f"First{mark(2)} then{mark(7)} more.")
    assert made.sources == (SOURCES[1],)
    line = made.chapters[0].lines[0]
    assert (line.pieces[0].cites, line.text) == ((1,), "First then more.")
    assert all(piece.cites == () for piece in line.pieces[1:])


def test_numbers_in_brackets_are_marks() -> None:
    """`[1, 2]` cites both facts and leaves no bracket behind."""
    made = chapter(numbers_as_marks("It takes 3 ms [1, 2]."))
    assert made.sources == SOURCES
    assert made.chapters[0].lines[0].text == "It takes 3 ms."


def test_typed_links_fall_away() -> None:
    """The words of a link stay, the address goes, and each is counted."""
    text = "See [our page](https://evil.example/a?b=(c)) or <http://evil.example> or www.evil.example/x, not 3.5."
    words, count = without_links(text)
    assert "evil" not in words
    assert words.startswith("See our page")
    assert words.endswith(", not 3.5.")
    assert count == 3


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://a.example/x?y=1#z", True), ("http://a.example", True), ("javascript:alert(1)", False),
        ("https://", False), ("https://a.example/<b>", False), ("https://a.example/a b", False), ("//a.example", False),
        ("https://a.example/\u202egpj", False), ("https://[", False), (f"https://a.example/{'x' * 3000}", False),
    ],
)  # fmt: skip
def test_only_web_addresses_are_links(url: str, good: bool) -> None:
    """A link has http or https and a host, and nothing that could end it early or turn it around."""
    assert is_web(url) is good


@given(st.text(max_size=600), st.integers(0, 9))
def test_no_text_breaks_the_reader(text: str, number: int) -> None:
    """Whatever a model writes is taken apart without an error, and only into known sections with known sources."""
    made = taken(f"## {number}. Title\n{text}{mark(1)}")
    assert all(chapter.key in KEYS for chapter in made.chapters)
    assert set(made.sources) <= set(SOURCES)
    cites = {n for chapter in made.chapters for line in chapter.lines for piece in line.pieces for n in piece.cites}
    assert cites <= set(range(1, len(made.sources) + 1))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Co"]), max_size=3000))
def test_no_line_is_too_long_for_a_card(text: str) -> None:
    """A paragraph of any length becomes lines that a card can hold."""
    assert all(len(line.text) <= LONGEST_LINE_CHARS for each in chapter(text).chapters for line in each.lines)


def test_a_long_paragraph_is_parted_after_a_sentence() -> None:
    """No part of a paragraph begins with the end of a sentence, also where a citation stands in its middle."""
    body = (
        f"{'We write it down. ' * 49}It is arrival times latency{mark(1)}: 60 calls are 9 at once. {'We measure. ' * 9}"
    )
    texts = [line.text for line in chapter(body).chapters[0].lines]
    assert len(texts) > 1
    assert all(text[0].isupper() for text in texts)


def test_a_tradeoff_needs_its_number() -> None:
    """A bullet with a name in strong letters in section 4 is a trade-off, and one without a number is named."""
    body = "- **Speed against care**: we take care.\n- **Cost against quality**: $5.\n- **A against B**: 2%.\n- plain"
    found = faults(chapter(body), FRAMEWORK, Grounding.FACTS, 0)
    assert [fault for fault in found if "a trade-off" in fault] == ["a trade-off has no number: Speed against care"]


def test_too_few_tradeoffs_are_named() -> None:
    """Fewer than three trade-offs are a fault."""
    found = faults(chapter("- **A against B**: 2%."), FRAMEWORK, Grounding.FACTS, 0)
    assert "section 4 names 1 trade-offs; 3 or more were asked for" in found


@pytest.mark.parametrize(("words", "fault"), [(1_900, True), (2_500, False), (3_100, True)])
def test_length_is_held(words: int, fault: bool) -> None:
    """A walkthrough outside 2,000 to 3,000 words says so."""
    found = faults(chapter("word " * words), FRAMEWORK, Grounding.FACTS, 0)
    assert any("were asked for" in each and "words;" in each for each in found) is fault


@pytest.mark.parametrize(
    ("text", "little"),
    [("hello you", True), ("?? 12 %", True), ("How would you test it?", False), ("如何测试语音助手", False)],
)
def test_too_little_is_told_by_words_or_characters(text: str, little: bool) -> None:
    """Three words, or five characters of a script without blanks, can be looked into."""
    assert is_too_little(text) is little


def test_keys_are_safe_in_redis() -> None:
    """Keys and ids are short hexadecimal numbers, whatever they are made of."""
    for text in ("a", "{x}:*\n", "\ud800", "é" * 5000):
        assert len(key_of(text)) == len(ask_id(text)) == 16
        assert set(key_of(text)) <= set("0123456789abcdef")
