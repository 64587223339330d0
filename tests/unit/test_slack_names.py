from __future__ import annotations

import pytest

from bot.cards import MOST_CARD_CHARS, Bold, Bullets, Card, Code, Facts, Form, Heading, Own, Quote, Text, TextField
from bot.commands import COMMANDS
from bot.views.members import help_card
from handlers.slack.names import CommandNames

TABLE = ["tpm-question", "tpm-me", "tpm-help"]


def test_a_name_goes_both_ways() -> None:
    """A renamed command is known by its new name, the others by theirs."""
    names = CommandNames.of(TABLE, {"tpm-me": "pm-me"})
    assert [names.here(name) for name in TABLE] == ["tpm-question", "pm-me", "tpm-help"]
    assert [names.in_table(name) for name in ("pm-me", "tpm-help")] == ["tpm-me", "tpm-help"]


def test_commands_can_swap_their_names() -> None:
    """Two commands may take each other's name, in what is typed and in what is read."""
    names = CommandNames.of(TABLE, {"tpm-me": "tpm-help", "tpm-help": "tpm-me"})
    assert names.in_table("tpm-me") == "tpm-help"
    assert names.text("/tpm-me or /tpm-help") == "/tpm-help or /tpm-me"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Type /tpm-me.", "Type /pm-me."),
        ("(/tpm-me away off)", "(/pm-me away off)"),
        ("/tpm-menu, tpm-me, https://example.org/tpm-me and x/tpm-me-too", None),
    ],
)
def test_only_commands_are_renamed(text: str, expected: str | None) -> None:
    """Words of ours name a command as it is typed here; what only looks like one stays."""
    assert CommandNames({"tpm-me": "pm-me"}).text(text) == (expected or text)


def test_a_card_names_commands_as_they_are_typed_here() -> None:
    """Every place of a card in which we speak has the new name; what a member wrote stays as it was written."""
    names, old, new = CommandNames({"tpm-me": "pm-me"}), "See /tpm-me", "See /pm-me"

    def card(text: str) -> Card:
        blocks = (
            Heading(text), Text((text, Bold(text), Code(text), Own(old))), Quote(old), Bullets(((text,),)),
            Facts((("a", (text,)),)),
        )  # fmt: skip
        return Card(kind="x", blocks=blocks)

    assert names.card(card(old)) == card(new)


def test_a_form_names_commands_as_they_are_typed_here() -> None:
    """A form's words and its errors have the new name, what stands in its fields not."""
    field = TextField(key="a", label="A", hint="See /tpm-me", value="/tpm-me")
    form = Form(action="x", title="T", fields=(field,), intro="See /tpm-me", errors={"a": "See /tpm-me"})
    made = CommandNames({"tpm-me": "pm-me"}).form(form)
    assert (made.intro, made.errors) == ("See /pm-me", {"a": "See /pm-me"})
    [shown] = made.fields
    assert isinstance(shown, TextField)
    assert (shown.hint, shown.value) == ("See /pm-me", "/tpm-me")


def test_a_card_without_room_for_longer_names_is_shown_as_it_is() -> None:
    """A card that longer names would bring over its budget is shown with the names of the table."""
    card = Card(kind="x", blocks=(Text(("/tpm-me " + "x" * (MOST_CARD_CHARS - 8),)),))
    assert CommandNames({"tpm-me": "a-much-longer-name"}).card(card) == card


def test_help_lists_the_names_of_here() -> None:
    """With every command renamed, no card of help names one as in the table."""
    renamed = {spec.name: f"g-{spec.name.removeprefix('tpm-')}" for spec in COMMANDS}
    names = CommandNames.of([spec.name for spec in COMMANDS], renamed)
    card = help_card.verbs("tpm-admin", [("setup", "starts a group")])
    assert "/tpm-" in card.plain
    assert "/tpm-" not in names.card(card).plain
