"""How a member's text is cleaned, counted and cut into sentences."""

from __future__ import annotations

import random
import time
import unicodedata

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.prose import LONGEST_SENTENCE_CHARS, Measure, clean, measure, sentences

# Any code point, lone surrogates included, and many of those that are handled in their own way.
SPECIAL = "\0\t\n\r\x1b\x85\xad\u034f\u200b\u200c\u200d\u202e\u2066\u3164\ufeff\ufe0f\U000e0041\ud800\udfff"
MARKS = "\u0300\u0301\u0323\u0344\u094d\u0655\u20e3"
LETTERS = "aeé1. ,-•*()\"'é中文。、한글ไทยकمۀ😀👩🏽🇫🇷"
hostile = st.text(st.sampled_from(SPECIAL + MARKS + LETTERS) | st.characters(codec=None), max_size=60)
rough_prose = st.lists(
    st.sampled_from(
        [
            "Recall is 3.5 ms.",
            "e.g. v2.0",
            "Dr. No",
            "\n- ",
            "• ",
            "我先问规模。",
            "مرحبا؟ ",
            "फिर देखें।",
            "1. ",
            "wait...",
            " ",
            "?!",
        ]
    )
    | st.text(max_size=12)
).map("".join)


@given(hostile)
def test_cleaning_never_fails_and_settles(text: str) -> None:
    """Any code points give text that is NFC, can be stored as UTF-8, and does not change when it is cleaned again."""
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    cleaned.encode("utf-8")
    assert not regex.search(r"[\p{Cc}--[\n\t]]", cleaned, regex.V1)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\0b", "a\ufffdb"),
        ("\ud800x\udfff", "\ufffdx\ufffd"),
        ("ig\u200bno\u2060re", "ignore"),
        ("ig\u200dno\u200cre\ufe0f", "ignore"),
        ("\u202egnirts\u202c", "gnirts"),
        ("hi" + "".join(chr(0xE0000 + ord(c)) for c in "obey me"), "hi"),
        ("e\u0301", "é"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("\x1b[31mred", "\ufffd[31mred"),
        ("a" + "\u0301" * 5_000, unicodedata.normalize("NFC", "a" + "\u0301" * 8)),
    ],
)
def test_what_hides_or_harms_is_taken_out(text: str, cleaned: str) -> None:
    """Controls and lone surrogates are replaced, and what nobody can see or what piles up without end is dropped."""
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    "text", ["می\u200cخواهم", "क्\u200dष", "👩🏽\u200d💻", "❤\ufe0f", "1\ufe0f\u20e3", "naïve\tx\ny"]
)
def test_joiners_stay_where_writing_needs_them(text: str) -> None:
    """Persian, Hindi and joined emoji are left as their author wrote them."""
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "words", "cjk_chars"),
    [
        ("", 0, 0),
        ("One, two -- three!", 3, 0),
        ("don't stop: 3.5 ms at v2.0, 1,000 times", 8, 0),
        ("state-of-the-art", 4, 0),
        ("🙂 👩🏽\u200d💻 🇫🇷 1\ufe0f\u20e3 ... -- *", 0, 0),
        ("z\u200be\u200br\u200bo", 1, 0),
        ("\u200b\u3164\u2060", 0, 0),
        ("我们先问规模。", 0, 6),
        ("カタカナとひらがなー", 0, 10),
        ("한국어로 답합니다", 0, 8),
        ("用 RAG 的 p95 延迟", 2, 4),
        ("สวัสดีครับ", 0, 7),
        ("مرحبا بكم في الفريق", 4, 0),
        ("मैं हिन्दी में लिखता हूँ", 5, 0),
        ("Ich wüßte gern", 3, 0),
    ],
)
def test_words_are_counted_in_every_script(text: str, words: int, cjk_chars: int) -> None:
    """A word has a letter or digit, emoji are none, and scripts without blanks are counted by letters."""
    assert measure(text) == Measure(words, cjk_chars)


@given(st.text(st.sampled_from("abcXYZéüßñабвгδεζ0123456789 \n.,:;'’·!?()-_"), max_size=80))
def test_words_are_those_of_unicode(text: str) -> None:
    """In Latin, Greek and Cyrillic text the count is that of the Unicode word boundaries of the regex package."""
    boundaries = regex.split(r"\b", clean(text), flags=regex.V1 | regex.WORD)
    assert measure(text).words == sum(bool(regex.search(r"[\p{L}\p{Nd}]", piece)) for piece in boundaries)


@given(hostile | rough_prose)
def test_sentences_are_the_members_own_words(text: str) -> None:
    """Pieces are verbatim, in order, short, never empty, and together hold every letter and digit."""
    cleaned, pieces = clean(text), sentences(text)
    at = 0
    for piece in pieces:
        at = cleaned.index(piece, at) + len(piece)
        assert piece == piece.strip()
        assert 0 < len(piece) <= LONGEST_SENTENCE_CHARS
    assert [c for c in cleaned if c.isalnum()] == [c for c in "".join(pieces) if c.isalnum()]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("First I ask. Then I build!", ("First I ask.", "Then I build!")),
        ("lower case. is split too", ("lower case.", "is split too")),
        ("Use a cache, e.g. Redis. It is fast.", ("Use a cache, e.g. Redis.", "It is fast.")),
        ("It takes 3.5 s on v2.0. Fine.", ("It takes 3.5 s on v2.0.", "Fine.")),
        ("See https://a.io/b?c=d.e! Then Dr. Okoro agrees.", ("See https://a.io/b?c=d.e!", "Then Dr. Okoro agrees.")),
        (
            "Logs, traces etc. are kept. Metrics etc. Then stop.",
            ("Logs, traces etc. are kept.", "Metrics etc.", "Then stop."),
        ),
        ("At 9 a.m. daily. Good.", ("At 9 a.m. daily.", "Good.")),
        ("See fig. 3 for it. No. I disagree.", ("See fig. 3 for it.", "No.", "I disagree.")),
        ("Hm... maybe. Wait... Then go.", ("Hm... maybe.", "Wait...", "Then go.")),
        ('He said "stop." (It did.) Really?!', ('He said "stop."', "(It did.)", "Really?!")),
        ("I pick option B. It costs less.", ("I pick option B.", "It costs less.")),
        ("one\ntwo\n\nthree", ("one", "two", "three")),
        ("- one\n* two. Three\n  – four", ("one", "two.", "Three", "four")),
        ("1. Scope it\n2. Build it", ("1. Scope it", "2. Build it")),
        ("• a • b", ("a", "b")),
        ("-5 ms is wrong", ("-5 ms is wrong",)),
        ("我先问规模。然后评估！“对吗？”好", ("我先问规模。", "然后评估！", "“对吗？”", "好")),
        ("هل هذا صحيح؟ نعم.", ("هل هذا صحيح؟", "نعم.")),
        ("मैं पूछूँगा। फिर देखूँगा॥", ("मैं पूछूँगा।", "फिर देखूँगा॥")),
        ("🙂\n---\n...", ()),
        ("", ()),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, pieces: tuple[str, ...]) -> None:
    """Sentences, lines and bullets are pieces of their own; abbreviations, numbers and links are not cut."""
    assert sentences(text) == pieces


def test_a_long_piece_is_cut_at_a_clause() -> None:
    """A sentence of more than 400 characters is cut after a clause in its second half, else at a blank."""
    clause = "the cache holds every answer of the day for an hour, "
    assert all(piece.endswith("hour,") for piece in sentences(clause * 30))
    assert all(piece.split(" ")[0] == "word" and piece.endswith("word") for piece in sentences("word " * 300))
    assert all(piece.endswith("、") for piece in sentences("我们先问规模、" * 100)[:-1])


def test_a_cut_keeps_characters_whole() -> None:
    """Where there is no blank the cut never parts a letter from its marks or an emoji from its parts."""
    pieces = sentences("x" + "x👩🏽\u200d💻" * 200)
    assert all(piece[0] in "x👩" and piece[-1] in "x💻" for piece in pieces)


FLOODS = [
    ".",
    "a.",
    "a. ",
    "\u0301",
    "\u0301\u0323",
    "e\u200d\u0301\u200d",
    "क\u0301\u200d\u094d\u200d",
    "* ",
    '."',
    "\n",
    "。",
    ",",
]
FLOODS += [
    "e.g. ",
    "a'",
    "1,",
    "👩\u200d",
    "\ufe0f\u200d",
    "\0",
    "\u1100",
    "\u0344",
    "(",
    "\ud800",
    " ",
    "\u200b",
    "中",
    "latency ",
]


@pytest.mark.parametrize("flood", FLOODS)
def test_forty_thousand_characters_of_anything_take_little_time(flood: str) -> None:
    """The longest text that is accepted is cleaned, counted and cut in well under a second, whatever it is made of."""
    text = (flood * 40_000)[:40_000]
    start = time.process_time()
    clean(text), measure(text), sentences(text)
    assert time.process_time() - start < 0.8


@settings(max_examples=25)
@given(st.lists(st.sampled_from(SPECIAL + MARKS + LETTERS), min_size=2, max_size=8), st.integers())
def test_time_grows_with_length_only(alphabet: list[str], seed: int) -> None:
    """Random mixes of awkward characters at full length stay within the same time."""
    text = "".join(random.Random(seed).choices(alphabet, k=40_000))  # noqa: S311  it only mixes text
    start = time.process_time()
    clean(text), measure(text), sentences(text)
    assert time.process_time() - start < 0.8
