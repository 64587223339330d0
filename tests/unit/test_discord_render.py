from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, example, given

from bot import cards
from bot.cards import (
    Attachment,
    Bold,
    Bullets,
    Button,
    Buttons,
    Card,
    Code,
    Facts,
    Heading,
    Link,
    Moment,
    Own,
    Quote,
    Text,
)
from bot.domain.group import Place
from handlers.discord import limits
from handlers.discord.custom_id import carried, custom_id
from handlers.discord.markdown import TWINS, harmless
from handlers.discord.render import (
    IS_COMPONENTS_V2,
    carries,
    components,
    contents,
    file_name,
    mark_of,
    message,
    text_chars,
)
from tests.servers.discord_components import check_message
from tests.servers.discord_text import live, nodes, shown, words
from tests.unit.card_strategies import HOSTILE, any_cards
from tests.unit.test_slack_render import WORST

PLACE = Place("discord", "1234567890123456789", "1234567890123456790")
CLOSES = Moment(datetime(2026, 11, 24, 8, 0, tzinfo=UTC), "Europe/Paris")
HOUR_S = 1795507200
"""2026-11-24T08:00Z, from `date -d`."""
STARS = Card("stars", (Heading("*" * 200), Text((Own("*" * 1_500), Bold("_" * 1_500))), Bullets((("`" * 300,),))))


def texts(drawn: list[dict[str, Any]]) -> list[str]:
    return [each["content"] for each in drawn if each["type"] == 10]


def check(card: Card, drawn: list[dict[str, Any]]) -> None:
    """Raises where the local Discord would refuse the components, or where a text holds nothing to see."""
    check_message(drawn, [file_name(card.file.name)] if card.file else [], v2=True)
    assert all(text.strip() for text in texts(drawn))
    json.dumps(drawn, ensure_ascii=False).encode()


def test_the_budget_fits_the_limits() -> None:
    """What the budget of a card or a form allows lies within Discord's limits wherever the renderer does not cut."""
    within = {
        cards.MOST_CARD_PARTS + 1: limits.MESSAGE_COMPONENTS,
        cards.MOST_BUTTONS: limits.BUTTONS_IN_ROW,
        cards.MOST_LABEL_CHARS: limits.BUTTON_LABEL_CHARS,
        cards.MOST_ACTION_CHARS + len("0:"): limits.CUSTOM_ID_CHARS,
        cards.MOST_OPTIONS: limits.OPTIONS,
        cards.MOST_FIELD_CHARS: limits.INPUT_CHARS,
        cards.MOST_TITLE_CHARS: limits.MODAL_TITLE_CHARS,
        cards.MOST_FORM_FIELDS: limits.MODAL_PARTS,
        cards.MOST_HINT_CHARS: limits.DESCRIPTION_CHARS,
    }
    assert [(budget, limit) for budget, limit in within.items() if budget > limit] == []


@given(any_cards())
@example(STARS)
def test_no_card_of_the_budget_breaks_a_limit(card: Card) -> None:
    """A card that the budget allows makes a message that Discord takes."""
    check(card, components(card, key="post:2026-11-23"))
    assert all(0 < len(content) <= limits.CONTENT_CHARS for content in contents(card))


@pytest.mark.parametrize("card", WORST, ids=lambda card: card.kind)
def test_the_worst_cards_break_no_limit(card: Card) -> None:
    """The cards that swell most when they are drawn still make a message that Discord takes."""
    check(card, components(card))


@given(any_cards())
@example(STARS)
@example(WORST[1])
def test_no_word_is_lost(card: Card) -> None:
    """What a card says stands in its components, whether marks are escaped or drawn as their look-alikes."""
    assume(not re.search("[\ue000-\uf8ff]", card.plain))  # the reader keeps its place with those
    seen = squeezed(shown("", components(card)))
    for block in card.blocks:
        match block:
            case Quote(text) | Heading(text):
                for line in harmless(text).split("\n"):
                    assert squeezed(line) in seen
            case Buttons(row):
                for button in row:
                    assert squeezed(harmless(button.label)) in seen
            case Text(spans):
                for span in spans:
                    if isinstance(span, str | Own | Bold):
                        assert squeezed(harmless(span if isinstance(span, str) else span.text)) in seen


def squeezed(text: str) -> str:
    """Without blanks, which Markdown does not keep all, and unseen ones, and with each mark as its look-alike."""
    return re.sub(r"[\s\u200b]", "", text.translate(TWINS))


@given(any_cards())
def test_nobody_is_pinged(card: Card) -> None:
    """Whatever a card quotes, no mention in it is live, and Discord is told to ping nobody."""
    assume(not re.search("[\ue000-\uf8ff]", card.plain))
    payload = message(card)
    assert payload["allowed_mentions"] == {"parse": []}
    assert payload["flags"] == IS_COMPONENTS_V2
    assert live(words("", payload["components"])) == ([], [], False)


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.strip()])
def test_hostile_words_reach_the_reader_unchanged(text: str) -> None:
    """A member's words are shown as they were written, set apart or not."""
    drawn = shown("", components(Card("answer", (Text((Own(text),)), Text(("and",)), Quote(text)))))
    assert drawn.translate(TWINS).count(harmless(text).strip().translate(TWINS)) >= 2


def test_what_belongs_together_is_one_component() -> None:
    """A heading with its text, and a line with its list or quote, are one text; other blocks stand apart."""
    card = Card(
        "feedback",
        (
            Heading("Feedback"), Text(("You split.",)), Text((Bold("What holds"),)), Quote("a\nb"),
            Text(("Now",)), Bullets((("one\ntwo",), ("three",))), Facts((("Days", ("daily",)), ("At", ("9:00",)))),
        ),
    )  # fmt: skip
    assert texts(components(card)) == [
        "### Feedback\nYou split.", "**What holds**\n> a\n> b", "Now\n- one\n  two\n- three",
        "**Days:** daily\n**At:** 9:00",
    ]  # fmt: skip


def test_neighbours_of_one_style_are_one() -> None:
    """Bold after bold, and code after code, are drawn as one: marks that touch would be shown."""
    card = Card("a", (Text((Bold("a"), Bold("b"), " ", Code("c"), Code("d"))),))
    assert texts(components(card)) == ["**ab** `cd`"]


def test_a_moment_shows_in_each_readers_zone() -> None:
    """A moment is a timestamp, which Discord shows in each reader's own zone and language."""
    assert texts(components(Card("question", (Text(("It closes ", CLOSES, ".")),)))) == [f"It closes <t:{HOUR_S}:f>."]


def test_only_a_link_of_code_is_live() -> None:
    """A link that code chose is masked; an address that a member wrote is words."""
    card = Card("feedback", (Text((Link("paper", "https://e.org/a"), " ", Own("https://evil.example"))),))
    assert texts(components(card)) == ["[paper](https://e.org/a) https\\://evil.example"]


def test_a_card_that_swells_keeps_its_words_and_loses_its_marks() -> None:
    """A card whose marks would not fit when escaped is drawn with look-alikes, within what its words take."""
    drawn = components(STARS)
    assert text_chars(drawn) <= cards.MOST_CARD_CHARS + len("### ")
    assert "\u2217" * 1_500 in "".join(texts(drawn))
    assert not any("\\" in text or "**" in text for text in texts(drawn))


def test_a_button_carries_its_action() -> None:
    """A button does its action, has a custom_id of its own, and none is put forward: one of them may erase."""
    row = Buttons((Button("Answer", "answer:2026-11-23"), Button("Again", "answer:2026-11-23")))
    drawn = components(Card("question", (row, Buttons((Button("My streak", "streak"),)))))
    buttons = [node for node in nodes(drawn) if node["type"] == 2]
    assert [carried(button["custom_id"]) for button in buttons] == [
        carried(custom_id(action)) for action in ("answer:2026-11-23", "answer:2026-11-23", "streak")
    ]
    assert len({button["custom_id"] for button in buttons}) == 3
    assert [button["style"] for button in buttons] == [2, 2, 2]


def test_a_button_elsewhere_carries_its_groups_place() -> None:
    """A button in a direct message says which server's channel it is about, in 100 characters."""
    made = custom_id("x" * 76, number=35, place=PLACE)
    found = carried(made)
    assert (len(made), found and found.place, found and found.action) == (limits.CUSTOM_ID_CHARS, PLACE, "x" * 76)
    drawn = components(Card("reminder", (Buttons((Button("Answer", "answer:2026-11-23"),)),)), place=PLACE)
    assert carried(drawn[0]["components"][0]["custom_id"]) == carried(custom_id("answer:2026-11-23", place=PLACE))


def test_an_action_that_is_too_long_is_refused() -> None:
    """An action that fits no custom_id is a fault of the program, not a silent cut."""
    with pytest.raises(ValueError, match="too many for a custom_id"):
        custom_id("x" * 77, place=PLACE)


@pytest.mark.parametrize("made", ["", "answer", "0", ":a", "00:a", "0" + "A" * 21 + ":a", "tpm:answer:1"])
def test_a_custom_id_of_somebody_else_is_not_ours(made: str) -> None:
    """What `custom_id` did not make is not read as an action."""
    assert carried(made) is None


def test_the_key_stays_with_the_message() -> None:
    """The key that a message is sent with is found again in its components, and another key is not."""
    for card in (Card("a", (Text(("a",)),)), Card("b", (Buttons((Button("a", "a"),)), Heading("b")))):
        drawn = components(card, key="post:2026-11-23")
        assert carries(drawn, "post:2026-11-23")
        assert not carries(drawn, "post:2026-11-24")
        assert not carries(components(card), "post:2026-11-23")
        assert not carries([], "post:2026-11-23")
    assert 0 < mark_of("post:2026-11-23") <= limits.COMPONENT_ID_MOST


def test_a_file_is_shown_by_its_name() -> None:
    """A card's file has a component, under the name that Discord will keep."""
    card = Card("feedback", (Text(("See the file.",)),), file=Attachment("my feedback (1).md", b"x"))
    drawn = components(card)
    assert drawn[-1] == {"type": 13, "file": {"url": "attachment://my_feedback_1_.md"}}
    check(card, drawn)
    assert file_name("../..") == "file"


def test_a_card_in_words_is_whole() -> None:
    """Where components cannot be used, a card is one or more messages of words with its buttons named."""
    card = Card(
        "a", (Heading("H"), *(Text(("word " * 100,)) for _ in range(6)), Buttons((Button("Answer", "answer"),)))
    )
    made = contents(card)
    assert len(made) == 2
    assert "".join(made).split() == card.plain.replace("[", "\\[").replace("]", "\\]").split()
