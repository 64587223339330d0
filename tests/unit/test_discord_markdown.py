from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from handlers.discord.markdown import TWINS, Marks, at_line_starts, bold, code, escaped, harmless, inline, link
from handlers.discord.pieces import FENCE, pieces
from tests.servers.discord_text import live, unmarked
from tests.unit.card_strategies import HOSTILE

LIVE = (
    "*a*", "**a**", "***a***", "_a_", "__a__", "~~a~~", "||a||", "|||a|||", "`a`", "``a``", "```py\na\n```", "\\*a*",
    "> a", ">>> a", "# a", "## a", "### a", "-# a", "- a", "* a", "  - a", "a\n# b", "a\n\n- b",
    "[a](https://evil.example)", "[a](<https://evil.example>)", "<https://evil.example>", "@everyone", "@here",
    "<@1234567890123456789>", "<@!1234567890123456789>", "<@&1234567890123456789>", "<#1234567890123456789>",
    "<t:1795507200:R>", "<:party:1234567890123456789>", "<a:party:1234567890123456789>", "</tpm-me:12345678901234567>",
    "<id:customize>", "¯\\_(ツ)_/¯",
)  # fmt: skip
"""What a reader of Discord's Markdown makes something of."""
PARTS = "\u200b"
MARKS = "\\*_`[]<@|~:.#>+-1 \n\ta/!"

texts = st.one_of(st.sampled_from((*LIVE, *HOSTILE)), st.text(MARKS, max_size=30), st.text(max_size=60))


def seen(markdown: str) -> str:
    """What a reader sees, without the unseen character that parts a mention of all."""
    return unmarked(markdown).replace(PARTS, "")


@pytest.mark.parametrize("text", LIVE)
def test_what_would_be_live_is_shown_as_it_was_written(text: str) -> None:
    """Every mark of Discord's Markdown that somebody types is shown as that mark, and does nothing."""
    assert unmarked(text) != text or live(text) != ([], [], False)
    assert seen(escaped(text)) == text
    assert live(escaped(text)) == ([], [], False)


@given(texts)
def test_any_text_reads_as_it_was_written(text: str) -> None:
    """Whatever a person writes is shown unchanged, but for what steers a screen, and pings nobody."""
    assume(not re.search("[\ue000-\uf8ff]", text))  # the reader keeps its place with those
    assert seen(escaped(text)) == harmless(text).replace(PARTS, "")
    assert live(escaped(text)) == ([], [], False)


@given(texts)
def test_twins_do_the_same_and_take_no_room(text: str) -> None:
    """With look-alikes nothing is live, nothing else is changed, and not one character is added."""
    assume(not re.search("[\ue000-\uf8ff]", text))
    drawn = escaped(text, Marks.TWINS)
    assert len(drawn) == len(harmless(text))
    assert unmarked(drawn) == drawn
    assert drawn.translate(TWINS) == harmless(text).translate(TWINS)
    assert live(drawn) == ([], [], False)


@given(st.lists(texts, min_size=1, max_size=4))
def test_texts_that_meet_make_nothing_live(parts: list[str]) -> None:
    """Two texts that are escaped apart and stand side by side make no mark together."""
    assume(not re.search("[\ue000-\uf8ff]", "".join(parts)))
    joined = at_line_starts("".join(map(inline, parts)))
    assert seen(joined) == "".join(map(harmless, parts)).replace(PARTS, "")
    assert live(joined) == ([], [], False)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("see https://evil.example/a_b", "see https\\://evil.example/a\\_b"),
        ("discord.gg/abc and Discord.com/invite/abc", "discord\\.gg/abc and Discord\\.com/invite/abc"),
        (":skull: at 10:30", "\\:skull: at 10:30"),
        ("a < b & c > d", "a \\< b & c > d"),
        ("1. a\n 23. b\n3.5 c", "1\\. a\n 23\\. b\n3\\.5 c"),
        ("+ a\n>b\n#c", "\\+ a\n\\>b\n\\#c"),
        ("a - b + c # d 2.", "a - b + c # d 2."),
    ],
)
def test_nothing_is_linked_or_drawn_by_itself(text: str, drawn: str) -> None:
    """An address, an invitation, the name of an emoji and a number at a line's start stay what they are."""
    assert escaped(text) == drawn


@pytest.mark.parametrize("text", ["https:", "see http:"])
def test_an_address_in_two_parts_is_not_linked(text: str) -> None:
    """An address that two texts make together is no link either."""
    assert "://" not in inline(text) + inline("//evil.example")


@pytest.mark.parametrize(("text", "drawn"), [("a`b", "`aˋb`"), ("", ""), (" ", ""), ("a\nb", "`a b`"), ("*", "`*`")])
def test_code_ends_where_it_should(text: str, drawn: str) -> None:
    """A value to be typed stands on one line, and no backtick in it ends it early."""
    assert code(text) == drawn


@pytest.mark.parametrize(("text", "drawn"), [(" a ", " **a** "), ("a*", "**a\\***"), (" ", " "), ("", "")])
def test_bold_marks_hug_the_words(text: str, drawn: str) -> None:
    """Blanks stay outside of what is bold, and nothing is bold where there is nothing."""
    assert bold(text) == drawn


@pytest.mark.parametrize(
    ("text", "url", "drawn"),
    [
        ("A [b]", "https://e.org/a_(b)", "[A \\[b\\]](https://e.org/a_%28b%29)"),
        ("", "https://e.org/", "<https://e.org/>"),
        ("here", "javascript:alert(1)", "here (javascript:alert(1))"),
        ("here", "https://e.org/" + "p" * 600, "here (https\\://e.org/" + "p" * 600 + ")"),
        ("a\nb", "https://e.org/a b", "[a b](https://e.org/a%20b)"),
    ],
)
def test_only_an_address_of_the_web_is_a_link(text: str, url: str, drawn: str) -> None:
    """A link that code chose is masked; neither label nor address can end it early, and other addresses are words."""
    assert link(text, url) == drawn


def test_text_that_cannot_be_sent_is_mended() -> None:
    """A lone surrogate and a control character become visible marks, and every line end a plain one."""
    assert harmless("a\ud800b\x00\r\nc\rd\u202e") == "a\ufffdb\ufffd\nc\nd"


def test_nothing_turns_round_what_stands_beside_it() -> None:
    """Overrides and isolates of the writing direction go, opened or closed; letters of any script stay."""
    assert harmless("\u2067evil\u2068 \u2066x\u2069\u202b שלום") == "evil x שלום"


def test_long_text_is_cut_between_paragraphs() -> None:
    """Text over the limit is cut at the last paragraph that fits, else at a line, else at a word."""
    paragraph = "word " * 30
    made = pieces("\n\n".join([paragraph.strip()] * 4), 400)
    assert [len(piece) for piece in made] == [300, 300]
    assert pieces("line\n" * 100, 200) == [*(["\n".join(["line"] * 39)] * 2), "\n".join(["line"] * 22) + "\n"]
    assert all(len(piece) <= 200 and not piece.startswith("ord") for piece in pieces("word " * 100, 200))


def test_a_fence_that_is_cut_is_closed_and_opened_again() -> None:
    """Each piece of a code block is a code block of the same language."""
    made = pieces(f"Look:\n{FENCE}py\n" + "x = 1\n" * 100 + f"{FENCE}\nDone.", 300)
    assert len(made) > 2
    assert all(piece.count(FENCE) % 2 == 0 for piece in made)
    assert all(piece.startswith(f"{FENCE}py\nx = 1") for piece in made[1:-1])
    assert sum(piece.count("x = 1") for piece in made) == 100
    assert made[-1].endswith(f"{FENCE}\nDone.")


@given(st.text(st.sampled_from("ab \n`"), max_size=1_500), st.integers(200, 500))
def test_no_piece_is_too_long_and_no_letter_is_lost(text: str, most_chars: int) -> None:
    """Every piece is within the limit, and together they hold every letter in order."""
    assert all(len(piece) <= most_chars for piece in pieces(text, most_chars))
    unfenced = text.replace("`", "")
    assert re.sub(r"\s", "", "".join(pieces(unfenced, most_chars))) == re.sub(r"\s", "", unfenced)
