from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards import MOST_CARD_CHARS, Card, Link, spans_text
from bot.cards import Text as Paragraph
from bot.domain.question import Fact
from bot.domain.walkthrough import Chapter, Grounding, Line, Made, Piece, Shape, Source, Text, Walkthrough
from bot.infra.library import packaged_library
from bot.views.walkthrough.study_pack_card import study_pack
from bot.views.walkthrough.walkthrough_card import chapter_cards, comparison, reading_card, summary
from bot.views.walkthrough.walkthrough_file import as_file

LIBRARY = packaged_library()
FRAMEWORK = LIBRARY.framework
SENTENCE = "The team keeps each of these steps small and checked, and writes down what it costs. "
LONGEST = {Shape.HEADING: 60, Shape.DIAGRAM: 120}
HOSTILE = "<!channel> @everyone [x](http://evil.example) *b* `c` | ~s~"


def line(chars: int = 340, shape: Shape = Shape.TEXT, *cites: int) -> Line:
    return Line(shape, (Piece((SENTENCE * 20)[:chars], cites),))


def made(*chapters: Chapter, sources: int = 12, **changes: object) -> Walkthrough:
    text = Text(
        short=(line(400),),
        chapters=chapters,
        sources=tuple(Source(f"https://www.site{n}.example/a/long/path", f"Page {n}") for n in range(1, sources + 1)),
    )
    stamp = Made(
        model="claude-sonnet-5-5", prompt_version=1, prompt_hash="h", rung="web", searches=6, input_tokens=1,
        output_tokens=2, cost_usd=0.4,
    )  # fmt: skip
    whole = Walkthrough(
        key="b97b97a3107be826", question="How would you test it?", grounding=Grounding.WEB, text=text, faults=(),
        made=stamp, made_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
    )  # fmt: skip
    return replace(whole, **changes)  # type: ignore[arg-type]  # the tests change what they name


@given(st.lists(st.tuples(st.integers(1, 950), st.sampled_from(list(Shape))), min_size=1, max_size=40))
@settings(max_examples=60)
def test_a_section_is_split_into_cards_of_about_one_size(lines: list[tuple[int, Shape]]) -> None:
    """However long a section is, each of its cards fits, no word is lost, and no card is a small remainder."""
    chapter = Chapter("s4", tuple(line(min(chars, LONGEST.get(shape, chars)), shape) for chars, shape in lines))
    cards = chapter_cards(made(chapter), FRAMEWORK)
    assert all(len(card.plain) <= MOST_CARD_CHARS for card in cards)
    shown = "".join("".join(card.plain.split("\n")[1:]) for card in cards).replace("- ", "").replace(" ", "")
    assert shown == "".join(each.text for each in chapter.lines).replace(" ", "")
    sizes = [len(card.plain) for card in cards]
    assert len(cards) == 1 or max(sizes) - min(sizes) <= 2_000


def test_a_section_in_two_cards_says_so() -> None:
    """The heading of a part says which part of how many it is."""
    cards = chapter_cards(made(Chapter("s4", tuple(line() for _ in range(14)))), FRAMEWORK)
    assert [card.plain.split("\n")[0] for card in cards] == [
        "4. Deep dive and trade-offs (1 of 2)",
        "4. Deep dive and trade-offs (2 of 2)",
    ]


def test_a_citation_is_a_link_with_the_name_of_its_site() -> None:
    """Behind a cited piece stands the site's name, which a screen reader can say, with the page's address."""
    (card,) = chapter_cards(made(Chapter("s1", (line(50, Shape.TEXT, 2),))), FRAMEWORK)
    (paragraph,) = [block for block in card.blocks if isinstance(block, Paragraph)]
    (link,) = [span for span in paragraph.spans if isinstance(span, Link)]
    assert link == Link("site2.example", "https://www.site2.example/a/long/path")
    assert spans_text(paragraph.spans).endswith("[site2.example (https://www.site2.example/a/long/path)]")


def test_reading_on_ends_with_the_last_card() -> None:
    """Each card but the last has a button for the next, and there is none beyond."""
    whole = made(Chapter("s1", (line(),)), Chapter("s2", (line(),)))
    first, last = reading_card(whole, FRAMEWORK, 0), reading_card(whole, FRAMEWORK, 1)
    assert first is not None
    assert last is not None
    assert [each.action for each in first.buttons] == ["walk-read:b97b97a3107be826:1"]
    assert last.buttons == ()
    assert reading_card(whole, FRAMEWORK, 2) is None


def test_the_summary_fits_whatever_is_in_it() -> None:
    """A very long question, short answer and list of faults still make one card with its buttons."""
    chapters = tuple(Chapter(section.key, (line(),)) for section in FRAMEWORK.sections)
    big = made(*chapters, question="Why? " * 300, faults=("x" * 400,) * 30)
    big = replace(big, text=replace(big.text, short=tuple(line(900) for _ in range(9))))
    card = summary(big, FRAMEWORK, buttons=True, readable=True)
    assert len(card.buttons) == 8


@pytest.mark.parametrize(
    ("grounding", "sources", "says"),
    [
        (Grounding.FACTS, 3, "3 checked facts"),
        (Grounding.FACTS, 0, "the model's judgement"),
        (Grounding.WEB, 12, "12 sites"),
    ],
)
def test_the_summary_says_what_it_rests_on(grounding: Grounding, sources: int, says: str) -> None:
    """A reader sees whether the web was searched, and how much is cited."""
    assert says in summary(made(sources=sources, grounding=grounding), FRAMEWORK, buttons=False).plain


def test_a_hostile_text_forms_no_markup_in_the_file() -> None:
    """In the file only links that were found are links, and nothing mentions or formats."""
    whole = made(Chapter("s1", (Line(Shape.TEXT, (Piece(HOSTILE, (1,)),)), Line(Shape.DIAGRAM, (Piece("``` out"),)))))
    text = as_file(replace(whole, question=HOSTILE), FRAMEWORK)
    assert "](http://evil" not in text
    assert "](<https://www.site1.example/a/long/path>)" in text
    assert text.count("```") == 2
    assert "<!channel>" not in text


def test_a_study_pack_of_any_size_fits() -> None:
    """Three long questions and twenty facts make one card, with all of it in the file."""
    questions = sorted(LIBRARY.questions.values(), key=lambda each: -len("".join(each.outline)))[:3]
    facts = tuple(Fact(f"f{n}", "x" * 500, "rag", "y" * 200, "https://a.example") for n in range(20))
    card = study_pack("q" * 1500, "No model is set up here.", questions, facts)
    assert card.file is not None
    assert card.file.content.decode().count("The authors' outline:") == 3


def test_an_empty_study_pack_says_so() -> None:
    """Where nothing comes near, the card says it and has no file."""
    card = study_pack("q", "No model is set up here.", (), ())
    assert "Nothing in the bank comes near your question" in card.plain
    assert card.file is None


def test_a_comparison_says_none_where_there_is_none() -> None:
    """An empty side of the comparison is said in words."""
    card: Card = comparison("Title", [], ["Prices the plan"], of="sketch")
    assert "None of them, as far as I can tell." in card.plain
