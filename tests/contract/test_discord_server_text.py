from __future__ import annotations

import pytest

from tests.servers.discord_text import live, notified, unmarked

SHOWN = {
    "**bold** and *it* and __under__ and ~~gone~~ and ||spoiler||": "bold and it and under and gone and spoiler",
    "snake_case_name and 2 * 3 * 4": "snake_case_name and 2 * 3 * 4",
    "\\*not bold\\* \\_nor\\_ \\`code\\`": "*not bold* _nor_ `code`",
    "`**code**` and ```py\n# code\n```": "**code** and # code\n",
    "# Heading\n## Two\n-# small\n> quote\n- item": "Heading\nTwo\nsmall\nquote\nitem",
    "\\# no heading\n\\> no quote\n\\- no item": "# no heading\n> no quote\n- no item",
    "[label](https://x.example/a_b_c) <https://y.example>": "label (https://x.example/a_b_c) https://y.example",
    "<t:1700000000:f> <:smile:123> <#5> </ask:7>": "t:1700000000 :smile: #5 #ask",
    "https://x.example/_a_*b*": "https://x.example/_a_*b*",
    "back\\slash \\\\*x*": "back\\slash \\x",
}


@pytest.mark.parametrize("marked", SHOWN)
def test_markdown_is_read_as_discord_shows_it(marked: str) -> None:
    """What is markup goes, what is escaped or code stays as it is."""
    assert unmarked(marked) == SHOWN[marked]


def test_a_live_mention_is_found_and_a_dead_one_is_not() -> None:
    """A mention is seen unless it stands in code or behind a backslash, and a backslash alone silences none."""
    words = "<@1> <@!2> `<@3>` \\<@4> <@\\5> <@&6> ```<@7>``` @everyone"
    assert live(words) == (["1", "2"], ["6"], True)
    assert notified(words) == (["1", "2", "4"], ["6"], True)
    assert live("\\@everyone `@here` @\u200beveryone") == ([], [], False)
    assert notified("`@here` @\u200beveryone") == ([], [], False)
