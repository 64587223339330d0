"""What a person wrote on Discord, out of its marks."""

from __future__ import annotations

import pytest

from handlers.discord.words import plain, without_mention

NAMES = {"1": "asha", "2": "ben"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ask <@1> or <@!2>", "ask @asha or @ben"),
        ("ask <@77>", "ask @77"),
        ("<@&5> in <#6>", "@5 in #6"),
        ("<:wave:123456> <a:dance:123>", ":wave: :dance:"),
        ("</tpm-answer:99> and </tpm-admin setup:99>", "/tpm-answer and /tpm-admin setup"),
        ("at <t:1795597200:f> or <t:1795597200>", "at 2026-11-25 09:00 UTC or 2026-11-25 09:00 UTC"),
        ("<t:99999999999999999>", "<t:99999999999999999>"),
        ("a < b, <b>, <@x>, <https://example.org>", "a < b, <b>, <@x>, <https://example.org>"),
    ],
)
def test_marks_are_read_as_their_author_saw_them(written: str, read: str) -> None:
    """Mentions, emoji, commands and times become words; what only looks like a mark stays as it is."""
    assert plain(written, NAMES.get) == read


def test_speaking_to_the_bot_is_no_part_of_the_words() -> None:
    """The mentions of one person go, with a colon or comma behind them; those of others stay."""
    assert without_mention("<@9>, hello <@1> <@!9>", "9") == "hello <@1>"
