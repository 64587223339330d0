from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.framework import Section
from bot.domain.peer_checks import GOOD_REVIEWS, Remark, Remarked, remarks
from bot.domain.peer_review import CHANGE, MOST_TEXT_CHARS, PROBE, STRONGEST, rated_sections

ANSWER = (
    "One full file takes about 42 of the 60 GB, so twelve people become one person and a queue. I would set the limit "
    "at 16,000 tokens: 5.2 GB each, eleven at once. What we lose is the rare file that must be read as a whole."
)
SECTIONS = tuple(
    Section(key=f"s{number}", title=short, short=short, asks="", blocks=())
    for number, short in enumerate(
        ["Scope and constraints", "Users", "System design", "Trade-offs", "API and developers", "Metrics"], start=1
    )
)
FINE = {
    STRONGEST: 'The sum at the start: "twelve people become one person and a queue".',
    CHANGE: "In your second sentence, say what happens to the twelfth person.",
    PROBE: "What would you do if half of the files are longer than 16,000 tokens?",
}


def said(key: str | None = None, text: str = "", *, good_reviews: int = 0, answer: str = ANSWER) -> list[Remark]:
    texts = FINE if key is None else {**FINE, key: text}
    found = remarks(
        {"s1": 2, "s4": 3}, texts, rated=("s1", "s4"), answer=answer, sections=SECTIONS, good_reviews=good_reviews
    )
    return [each.remark for each in found if key in (None, each.field)]


def test_a_fine_review_passes_without_a_word() -> None:
    """A quote, a located change and a question: nothing is asked."""
    assert said() == []


@pytest.mark.parametrize(
    "change",
    [
        "Great answer!",
        "great job, nothing to change",
        "I love it. Keep going!",
        "Really good work overall, well done",
        "LGTM",
        "Nice.",
    ],
)
def test_praise_alone_is_questioned(change: str) -> None:
    """A change that only praises is asked what to change."""
    assert said(CHANGE, change) == [Remark.ONLY_PRAISE]


@pytest.mark.parametrize(
    "change",
    [
        "You should be more specific and add more detail to it.",
        "It would be better with more numbers and with examples.",
        "Please add more depth to your answer, it is too short for an interview.",
    ],
)
def test_a_change_without_a_place_is_questioned(change: str) -> None:
    """A change that would fit any answer is asked where in this one."""
    assert said(CHANGE, change) == [Remark.NO_PLACE]


@pytest.mark.parametrize(
    "change",
    [
        "The Metrics part needs a number at which you stop.",
        "In the first paragraph, name the people who wait.",
        'Where is the cost of "eleven at once"?',
        "Say what the queue costs the twelve people at the counter.",
        "The trade-offs are one-sided, so add what the longer limit would bring.",
        "When you say that the limit is fixed, give the reason for it.",
        "Point 2 has no unit and no source, so I could not check it.",
        "At the end, tell me who decides and when.",
        "> a queue\nThis is where I lost you, because it is not clear who waits.",
        "s4: compare it with a limit of 32,000 as well.",
        "Your sum leaves out the memory of the model itself.",
    ],
)
def test_a_located_change_passes(change: str) -> None:
    """A place, a section, a quote or things that the answer speaks of say where."""
    assert said(CHANGE, change) == []


@pytest.mark.parametrize(
    "probe",
    [
        "You forgot to think about the cost of the memory.",
        "The limit is wrong and it should be higher than that.",
    ],
)
def test_a_probe_must_ask(probe: str) -> None:
    """A statement in the place of the question is asked to become one."""
    assert said(PROBE, probe) == [Remark.NO_QUESTION]


@pytest.mark.parametrize(
    "probe",
    [
        "You should write that the limit is 16,000 tokens because of the memory.",
        "Replace the first sentence with a sum of the memory that is used.",
        " ".join(["and what would you do with it then"] * 12) + "?",
    ],
)
def test_a_probe_does_not_rewrite(probe: str) -> None:
    """Telling the author what to write, or writing it for them, is questioned."""
    assert said(PROBE, probe) == [Remark.REWRITES]


@pytest.mark.parametrize(
    "probe",
    [
        "How would you change the limit to handle twice as many people?",
        "Suppose that the memory doubles. Which limit then",
        "And if it fails",
        "Explain to me why it is eleven and not twelve.",
    ],
)
def test_a_question_may_lack_its_mark(probe: str) -> None:
    """Whatever asks is a question, with a mark or without."""
    assert said(PROBE, probe) == []


def test_the_strongest_point_quotes() -> None:
    """Praise without words of the answer is asked for some; three words in a row of it are enough."""
    assert said(STRONGEST, "I think that the way you thought about it is very good.") == [Remark.NO_QUOTE]
    assert said(STRONGEST, "The rare file that must be read as a whole is named as the loss.") == []


@pytest.mark.parametrize(
    "text",
    [
        "很好的回答。",
        "とても良いです",
        "Muy buena respuesta, muy bien explicada y con números.",
        "Sehr gute Antwort, weiter so und mehr davon bitte.",
        "إجابة رائعة",
        "बहुत अच्छा जवाब है",
        "Très bonne réponse, bravo pour tout le travail.",
        "Отличный ответ",
        "คำตอบดีมาก",
        "Bagus sekali jawaban kamu ini",
        "Genial",
        "😀 …1",
    ],
)
def test_other_languages_are_never_questioned(text: str) -> None:
    """Whatever the field, text that is not surely English passes."""
    for key in (STRONGEST, CHANGE, PROBE):
        assert said(key, text) == []


@pytest.mark.parametrize("text", ["", "   \n", "\u200b\u202e", "!!! ...", "👍"])
def test_a_text_without_words_blocks(text: str) -> None:
    """A text must hold a letter or a digit, also from those with practice."""
    assert said(CHANGE, text, good_reviews=99) == [Remark.EMPTY]


def test_a_flood_blocks() -> None:
    """A text that is longer than what is shown is refused, never cut."""
    assert said(CHANGE, "x" * MOST_TEXT_CHARS) == []
    assert said(CHANGE, "x" * (MOST_TEXT_CHARS + 1), good_reviews=99) == [Remark.TOO_LONG]


@pytest.mark.parametrize("band", [None, -1, 5])
def test_each_rated_section_needs_a_band(band: int | None) -> None:
    """A missing band, or one outside 0 to 4, blocks at its own field."""
    found = remarks({"s1": 0, "s4": band}, FINE, rated=("s1", "s4"), answer=ANSWER, sections=SECTIONS, good_reviews=0)
    assert found == (Remarked("s4", Remark.NO_BAND),)
    assert found[0].blocks


def test_after_five_good_reviews_the_checks_are_silent() -> None:
    """Doubts are asked of who gave four good reviews, and no more of who gave five."""
    assert said(CHANGE, "Great answer!", good_reviews=GOOD_REVIEWS - 1) == [Remark.ONLY_PRAISE]
    assert said(CHANGE, "Great answer!", good_reviews=GOOD_REVIEWS) == []


def test_doubts_never_block() -> None:
    """Only what is missing or too long keeps a review from being sent."""
    found = remarks(
        {"s1": 1}, dict.fromkeys(FINE, "Great answer, I like it a lot!"), rated=("s1",), answer=ANSWER,
        sections=SECTIONS, good_reviews=0,
    )  # fmt: skip
    assert [each.remark for each in found] == [Remark.NO_QUOTE, Remark.ONLY_PRAISE, Remark.NO_QUESTION]
    assert not any(each.blocks for each in found)


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_can_be_checked(text: str, answer: str) -> None:
    """Hostile text gets remarks and never an error."""
    for key in (STRONGEST, CHANGE, PROBE):
        assert set(said(key, text, answer=answer)) <= set(Remark)


@pytest.mark.timeout(5)
@pytest.mark.parametrize("flood", ['"', "> \n", "you ", "a" * 9 + " ", ". ", "the start ", "e\u0301"])
def test_floods_are_checked_in_no_time(flood: str) -> None:
    """Texts of full length, and an answer of 40,000 characters, take well under a second."""
    text = (flood * MOST_TEXT_CHARS)[:MOST_TEXT_CHARS]
    for key in (STRONGEST, CHANGE, PROBE):
        said(key, text, answer=(flood * 40_000)[:40_000])


KEYS = ("s1", "s2", "s3", "s4", "s5", "s6")


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ((2, 1, 3, 2, 0, 1), ("s1", "s3")),
        ((1, 3, 0, 3, 0, 3), ("s2", "s4")),
        ((0, 0, 0, 0, 0, 3), ("s6",)),
        ((1, 1, 1, 2, 3, 0), ("s4", "s5")),
    ],
)
def test_the_two_heaviest_sections_are_rated(weights: tuple[int, ...], expected: tuple[str, ...]) -> None:
    """Of equal weights the framework's order decides, and a section that is not weighed is never rated."""
    assert rated_sections(dict(zip(KEYS, weights, strict=True)), KEYS) == expected


def test_a_question_without_notes_rates_the_first_two() -> None:
    """Without weights all sections weigh alike."""
    assert rated_sections({}, KEYS) == ("s1", "s2")
