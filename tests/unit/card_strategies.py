"""Any card and any form that the budget of bot/cards.py lets through, hostile and edge cases first."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from bot import cards
from bot.cards import Card, ChoiceField, Form, Moment, TextField

HOSTILE = (
    "<!channel>", "<@U0000001>", "<https://evil.example|free>", "&lt;!here&gt;", "&", "&" * 900, "> not a quote", "```",
    "*_~`", "\ud800", "\x00\x1b[31m", "\u202eabc", "\r\n", " ", "", "\n" * 40, "🧑‍🚀" * 60, "答え" * 90, ":100:", "|",
    '"' * 700, "\\" * 700, "a" * 1_700,
)  # fmt: skip
URLS = (
    "https://example.org/a?b=1&c=2", "http://example.org/<x>|y", "javascript:alert(1)", "https://e.org/" + "p" * 3_100,
)  # fmt: skip

texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=120))
moments = st.builds(
    Moment,
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  hypothesis adds the zone
    st.sampled_from(("Europe/Paris", "Asia/Kolkata", "America/New_York")),
)
spans = st.one_of(
    texts, st.builds(cards.Bold, texts), st.builds(cards.Code, texts), st.builds(cards.Own, texts),
    st.builds(cards.Link, texts, st.sampled_from(URLS)), moments,
)  # fmt: skip
runs = st.lists(spans, max_size=8).map(tuple)
buttons = st.builds(
    cards.Button,
    st.one_of(st.sampled_from(("Answer", "", " ", "<!here>")), st.text(max_size=cards.MOST_LABEL_CHARS)),
    st.sampled_from(("streak", "answer:2026-11-23", "x" * 76)),
)
blocks = st.one_of(
    st.builds(cards.Heading, texts),
    st.builds(cards.Text, runs),
    st.builds(cards.Quote, texts),
    st.builds(cards.Bullets, st.lists(runs, max_size=12).map(tuple)),
    st.builds(cards.Facts, st.lists(st.tuples(texts, runs), max_size=8).map(tuple)),
    st.builds(cards.Buttons, st.lists(buttons, max_size=cards.MOST_BUTTONS).map(tuple)),
)


@st.composite
def any_cards(draw: st.DrawFn) -> Card:
    """As many of the drawn blocks as the budget takes."""
    kept: tuple[cards.Block, ...] = ()
    for block in draw(st.lists(blocks, max_size=cards.MOST_CARD_PARTS)):
        try:
            kept = Card("any", (*kept, block)).blocks
        except ValueError:
            continue
    return Card("any", kept)


options = st.lists(
    st.tuples(st.text("abcdefgh", min_size=1, max_size=40), texts),
    min_size=1, max_size=cards.MOST_OPTIONS, unique_by=lambda option: option[0],
).map(tuple)  # fmt: skip


@st.composite
def any_fields(draw: st.DrawFn, key: str) -> cards.Field:
    """A field; its value is one that a person could have sent."""
    if draw(st.booleans()):
        choices = draw(options)
        chosen = draw(st.sampled_from(("", *(value for value, _ in choices))))
        return ChoiceField(key=key, label=draw(texts), options=choices, value=chosen)
    value = draw(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=200))
    most = draw(st.sampled_from((max(1, len(value)), cards.MOST_FIELD_CHARS)))
    fewest = draw(st.integers(0, most))
    return TextField(
        key=key, label=draw(texts), hint=draw(texts), value=value, fewest_chars=fewest, most_chars=most,
        multiline=draw(st.booleans()),
    )  # fmt: skip


@st.composite
def any_forms(draw: st.DrawFn) -> Form:
    """A form with up to five fields and perhaps errors, also of fields that it does not have."""
    keys = [f"s{number}" for number in range(1, draw(st.integers(1, cards.MOST_FORM_FIELDS)) + 1)]
    return Form(
        action=draw(st.sampled_from(("setup", "answer:2026-11-23"))),
        title=draw(st.text(max_size=cards.MOST_TITLE_CHARS)),
        fields=tuple(draw(any_fields(key)) for key in keys),
        submit=draw(texts),
        intro=draw(texts),
        errors=draw(st.dictionaries(st.sampled_from((*keys, "gone")), texts, max_size=3)),
    )
