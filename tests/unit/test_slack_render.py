from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given

from bot import cards
from bot.cards import Bold, Bullets, Button, Buttons, Card, Code, Facts, Heading, Link, Moment, Own, Quote, Text
from handlers.slack import limits
from handlers.slack.mrkdwn import harmless
from handlers.slack.render import PRESS, blocks, card_modal, key_of, message
from tests.servers.slack_blocks import message_fault, view_faults
from tests.servers.slack_text import nodes, pings, shown
from tests.unit.card_strategies import HOSTILE, any_cards

MOST_BLOCKS_CHARS = 13_200
MOST_TEXT_CHARS = 4_000
CLOSES = Moment(datetime(2026, 11, 24, 8, 0, tzinfo=UTC), "Europe/Paris")
HOUR_S = 1795507200
"""2026-11-24T08:00Z, from `date -d`."""

LONG_ROW = Buttons(tuple(Button("L" * 34, "a" * 76) for _ in range(5)))
WORST = (
    Card("amps", (Text(("&" * 3_600,)),)),
    Card("dots", (Bullets(tuple((".",) for _ in range(900))),)),
    Card("styles", (Text(tuple(span for _ in range(1_200) for span in (Bold("a"), "b", Code("c")))),)),
    Card("rows", (*([LONG_ROW] * 5), *(Quote('"' * 430) for _ in range(6)))),
    Card("many", tuple(Quote("\\" * 97) for _ in range(36))),
    Card("facts", (Facts(tuple(("k", ("v",)) for _ in range(700))),)),
    Card("heading", (Heading("H" * 3_600),)),
    Card("nothing", ()),
    Card("blank", (Heading(" "), Text(("",)), Quote(""), Bullets(((),)), Facts(()), Buttons(()))),
)


def faults(payload: dict[str, Any]) -> list[str]:
    """What Slack would refuse in a message, as the local Slack checks it, and what it leaves to us."""
    found = [str(message_fault(payload["blocks"]))] if message_fault(payload["blocks"]) else []
    text, drawn = payload["text"], payload["blocks"]
    if not text.strip() or len(text) > MOST_TEXT_CHARS:
        found.append(f"text has {len(text)} characters")
    unmarked = re.sub(r"<(?:!date\^\d+\^[^|>]+|https?://[^|>\s]+)\|[^>]*>", "", text)
    if re.search(r"[<]|&(?!amp;|lt;|gt;)", unmarked):
        found.append(f"live, or cut inside a token: {unmarked[-80:]!r}")
    if len(json.dumps(drawn, ensure_ascii=False, separators=(",", ":"))) > MOST_BLOCKS_CHARS:
        found.append("the blocks are too long")
    ids = [node["action_id"] for node in nodes(drawn) if "action_id" in node]
    if len(ids) != len(set(ids)):
        found.append("an action_id twice")
    json.dumps(payload, ensure_ascii=False).encode()
    return found


def test_the_budget_fits_the_limits() -> None:
    """What the budget of a card or a form allows lies within Slack's limits wherever the renderer does not cut."""
    within = {
        cards.MOST_CARD_PARTS: limits.MESSAGE_BLOCKS,
        cards.MOST_BUTTONS: limits.BUTTONS_IN_ROW,
        cards.MOST_LABEL_CHARS: limits.LABEL_CHARS,
        cards.MOST_ACTION_CHARS: limits.BUTTON_VALUE_CHARS,
        cards.MOST_OPTIONS: limits.OPTIONS,
        cards.MOST_FIELD_CHARS: limits.INPUT_CHARS,
        cards.MOST_TITLE_CHARS: limits.VIEW_TITLE_CHARS,
        1 + 2 * cards.MOST_FORM_FIELDS: limits.VIEW_BLOCKS,
    }
    assert [(budget, limit) for budget, limit in within.items() if budget > limit] == []


@given(any_cards())
def test_no_card_of_the_budget_breaks_a_limit(card: Card) -> None:
    """A card that the budget allows makes a message, and a modal, that Slack takes."""
    assert faults(message(card, key="post:2026-11-23")) == []
    assert view_faults(card_modal(card), "modal") == []


@pytest.mark.parametrize("card", WORST, ids=lambda card: card.kind)
def test_the_worst_cards_break_no_limit(card: Card) -> None:
    """The cards that swell most when they are drawn still make a message that Slack takes."""
    assert faults(message(card)) == []


@given(any_cards())
@example(WORST[1])
@example(WORST[3])
def test_no_word_is_lost(card: Card) -> None:
    """What a card says stands in its blocks, whether they are drawn richly or densely."""
    words = " ".join(shown(message(card)["blocks"]).replace("\n", " ").split())
    for block in card.blocks:
        match block:
            case Quote(text) | Heading(text):
                for line in harmless(text).split("\n"):
                    assert " ".join(line.split()) in words
            case Buttons(row):
                for button in row:
                    assert " ".join(harmless(button.label).split()) in words
            case Text(spans):
                for span in spans:
                    if isinstance(span, str | Own | Bold):
                        text = span if isinstance(span, str) else span.text
                        assert " ".join(harmless(text).split()) in words


@given(any_cards())
def test_nobody_is_pinged(card: Card) -> None:
    """Whatever a card quotes, no mention in it is live, and nothing in its blocks is parsed."""
    payload = message(card)
    assert pings(payload["text"], payload["blocks"]) == []
    kinds = {node.get("type") for node in nodes(payload["blocks"])}
    assert kinds & {"mrkdwn", "markdown", "user", "broadcast"} == set()


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.strip() and "\ud800" not in text])
def test_hostile_words_reach_the_reader_unchanged(text: str) -> None:
    """A member's words are shown as they were written, but for what steers a screen."""
    payload = message(Card("answer", (Text((Own(text),)), Quote(text))))
    told = [node["text"] for node in nodes(payload["blocks"]) if node.get("type") == "text"]
    assert told == [harmless(text)] * 2
    assert harmless(text) == re.sub(r"[\x00\x1b]", "\ufffd", text.replace("\u202e", ""))


@pytest.mark.parametrize(
    ("text", "shown_as"), [("a\ud800b", "a\ufffdb"), ("\ud83e\udd80", "🦀"), ("a\r\nb\rc", "a\nb\nc")]
)
def test_text_that_cannot_be_sent_is_mended(text: str, shown_as: str) -> None:
    """A lone surrogate becomes a visible mark, a split pair its letter, and every line end a plain one."""
    payload = message(Card("answer", (Text((Own(text),)),)))
    assert (payload["text"], shown(payload["blocks"])) == (shown_as, shown_as)


def test_only_the_text_is_escaped() -> None:
    """The top-level text escapes what Slack would parse; the blocks hold the words themselves."""
    payload = message(Card("answer", (Text(("a < b & c ", Own("<!channel>"))),)))
    assert payload["text"] == "a &lt; b &amp; c &lt;!channel&gt;"
    assert shown(payload["blocks"]) == "a < b & c <!channel>"


def test_a_moment_shows_in_each_readers_zone() -> None:
    """A moment is a date that Slack formats for each reader, with the group's local time for who cannot."""
    payload = message(Card("question", (Text(("It closes ", CLOSES, ".")),)))
    local = "Tue 24 Nov 09:00 (Europe/Paris)"
    assert payload["text"] == f"It closes <!date^{HOUR_S}^{{date_short_pretty}} {{time}}|{local}>."
    date = next(node for node in nodes(payload["blocks"]) if node.get("type") == "date")
    assert (date["timestamp"], date["fallback"]) == (HOUR_S, local)


def test_a_link_keeps_its_label_and_nothing_else() -> None:
    """A link's label is escaped, and neither label nor address can end the link early."""
    payload = message(Card("feedback", (Text((Link("A|B <x>", "https://example.org/?a=1&b=<2>|3"),)),)))
    assert payload["text"] == "<https://example.org/?a=1&amp;b=%3C2%3E%7C3|A¦B &lt;x&gt;>"
    link = next(node for node in nodes(payload["blocks"]) if node.get("type") == "link")
    assert (link["text"], link["url"]) == ("A|B <x>", "https://example.org/?a=1&b=<2>|3")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://example.org", "https://e.org/" + "p" * 3_100, "https://a\nb"]
)
def test_an_address_that_slack_refuses_is_plain_text(url: str) -> None:
    """An address that is not of the web, or too long, is shown and cannot be pressed."""
    payload = message(Card("feedback", (Text((Link("here", url),)),)))
    assert not any(node.get("type") == "link" for node in nodes(payload["blocks"]))
    assert "<" not in payload["text"]


def test_a_long_card_is_cut_in_the_notification_only() -> None:
    """The top-level text ends in an ellipsis where 4,000 characters end; the blocks say everything."""
    payload = message(WORST[0])
    assert payload["text"].endswith("&amp;…")
    assert shown(payload["blocks"]) == "&" * 3_600


def test_a_button_carries_its_action() -> None:
    """A button does its action, has an id of its own, and says what of when it is heard alone."""
    row = Buttons((Button("Answer", "answer:2026-11-23"), Button("Again", "answer:2026-11-23")))
    card = Card("question", (Heading("Mon 23 Nov: Nurse line"), row, Buttons((Button("My streak", "streak"),))))
    drawn = [node for node in nodes(message(card)["blocks"]) if node.get("type") == "button"]
    assert [button["value"] for button in drawn] == ["answer:2026-11-23", "answer:2026-11-23", "streak"]
    assert [button["action_id"] for button in drawn] == [f"{PRESS}{number}" for number in range(3)]
    assert drawn[0]["accessibility_label"] == "Answer: Mon 23 Nov: Nurse line"


def test_cards_on_one_page_share_no_ids() -> None:
    """Several cards drawn one after the other, as on the home tab, give every button its own id."""
    card = Card("streak", (Buttons((Button("My streak", "streak"),)),))
    ids = [node["action_id"] for node in nodes(blocks(card, card, card)) if "action_id" in node]
    assert len(ids) == len(set(ids)) == 3


def test_a_quote_is_never_parsed() -> None:
    """A member's words set apart stand in a rich_text_quote, right below the line that leads to them."""
    drawn = blocks(Card("feedback", (Text((Bold("What holds"),)), Quote("*so* <@U1>"))))
    assert [[element["type"] for element in block["elements"]] for block in drawn] == [
        ["rich_text_section", "rich_text_quote"]
    ]


def test_the_key_comes_back_with_the_message() -> None:
    """The key that a message is sent with is read from its metadata; other metadata is not ours."""
    assert key_of(message(WORST[0], key="post:2026-11-23")) == "post:2026-11-23"
    assert "metadata" not in message(WORST[0])
    assert key_of({"metadata": {"event_type": "other", "event_payload": {"key": "post:2026-11-23"}}}) is None
    assert key_of({}) is None


def test_a_card_with_rows_that_are_cut_keeps_its_buttons() -> None:
    """A card that must be drawn densely keeps every button, and says so little less only to who hears it."""
    card = Card("big", (Bullets(tuple((".",) for _ in range(850))), LONG_ROW))
    drawn = message(card)["blocks"]
    assert sum(node.get("type") == "button" for node in nodes(drawn)) == cards.MOST_BUTTONS
    assert not any(node.get("type") == "rich_text_list" for node in nodes(drawn))
