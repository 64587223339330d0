from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from bot.cards import Button, ChoiceField, Form, TextField
from bot.domain.group import Place
from bot.views.facilitating.setup_form import setup_form
from handlers.discord.custom_id import carried
from handlers.discord.limits import CUSTOM_ID_CHARS
from handlers.discord.markdown import harmless
from handlers.discord.modal import REFILL, modal, refilled, refused_card, values_of
from handlers.discord.render import components
from tests.servers.discord_components import check_message, check_modal
from tests.servers.discord_text import live, shown, words
from tests.unit.card_strategies import any_forms

PLACE = Place("discord", "1234567890123456789", "1234567890123456790")
FORM = Form(
    action="answer:2026-11-23",
    title="Your answer",
    fields=(
        TextField(key="s1", label="Scope", hint="What is asked & what is not", value="<@1> first"),
        ChoiceField(key="band", label="Band", options=(("1", "Named"), ("2", "Specific")), value="2"),
        TextField(key="s2", label="Users", fewest_chars=2, most_chars=9_000, multiline=False),
    ),
)
SETUP = setup_form(None, "Europe/Paris")


def submitted(payload: dict[str, Any], **typed: str) -> dict[str, Any]:
    """The data of a submission as Discord sends it, with what stood in the modal and what was typed."""
    sent: list[dict[str, Any]] = []
    for number, part in enumerate(payload["components"], start=1):
        if part["type"] == 10:
            sent.append({"type": 10, "id": number})
            continue
        asked = part["component"]
        given = {"type": asked["type"], "id": 100 + number, "custom_id": asked["custom_id"]}
        if asked["type"] == 3:
            given["values"] = [option["value"] for option in asked["options"] if option["default"]]
        else:
            given["value"] = typed.get(asked["custom_id"], asked.get("value", ""))
        sent.append({"type": 18, "id": number, "component": given})
    return {"custom_id": payload["custom_id"], "components": sent}


@given(any_forms())
def test_no_form_of_the_budget_breaks_a_limit(form: Form) -> None:
    """A form that the budget allows makes a modal that Discord takes and in which nothing is live."""
    payload = modal(form, place=PLACE)
    check_modal(payload)
    assert live(words("", payload["components"])) == ([], [], False)
    check_message(components(refused_card(form), place=PLACE), [], v2=True)


@given(any_forms())
def test_what_stands_in_a_form_comes_back(form: Form) -> None:
    """A modal that is sent as it was opened gives the values of its form, in the form's order."""
    expected = [(field.key, harmless(field.value)) for field in form.fields]
    values = values_of(submitted(modal(form)))
    assert [(key, value.strip()) for key, value in values.items()] == [(key, value.strip()) for key, value in expected]


def test_typed_words_come_back_as_typed() -> None:
    """Words typed into a modal come back unchanged, and a field left empty as an empty text."""
    assert values_of(submitted(modal(FORM), s1=" <b> & \n> x ")) == {"s1": " <b> & \n> x ", "band": "2", "s2": ""}


def test_a_choice_not_made_is_empty() -> None:
    """A choice that nobody made is an empty text."""
    form = Form(action="setup", title="T", fields=(ChoiceField(key="a", label="A", options=(("x", "X"),)),))
    assert values_of(submitted(modal(form))) == {"a": ""}


def test_inputs_in_rows_are_read_too() -> None:
    """A submission of the older shape, with each input in a row, is read the same."""
    row = {"type": 1, "components": [{"type": 4, "custom_id": "s1", "value": "words"}]}
    assert values_of({"custom_id": "0:answer:2026-11-23", "components": [row]}) == {"s1": "words"}


def test_a_form_knows_what_it_does_and_where() -> None:
    """The action of a form travels in its custom_id, with the group's place where it is opened elsewhere."""
    here, there = carried(modal(FORM)["custom_id"]), carried(modal(FORM, place=PLACE)["custom_id"])
    assert (here and here.action, here and here.place) == ("answer:2026-11-23", None)
    assert (there and there.action, there and there.place) == ("answer:2026-11-23", PLACE)


def test_too_long_an_action_is_refused() -> None:
    """An action beyond the 100 characters of a custom_id is a fault of the program, not a silent cut."""
    with pytest.raises(ValueError, match="too many for a custom_id"):
        modal(replace(FORM, action="x" * CUSTOM_ID_CHARS))


def test_limits_of_a_field_are_told_to_discord() -> None:
    """A field that may stay empty is not required; lengths go along, held to Discord's 4,000 characters."""
    first, choice, last = (part["component"] for part in modal(FORM)["components"])
    assert (first["required"], choice["required"], last["required"]) == (False, True, True)
    assert (last["min_length"], last["max_length"], last["style"], first["style"]) == (2, 4_000, 1, 2)
    assert first["value"] == "<@1> first"
    assert modal(FORM)["components"][0]["description"] == "What is asked & what is not"


def test_a_short_draft_does_not_keep_the_form_shut() -> None:
    """A draft that is shorter than its field asks for stands in the field, which then asks for no length."""
    form = Form(action="a", title="T", fields=(TextField(key="a", label="A", value="x", fewest_chars=5),))
    asked = modal(form)["components"][0]["component"]
    assert (asked["value"], asked["required"], "min_length" in asked) == ("x", True, False)


def test_the_introduction_stands_above_or_in_the_form() -> None:
    """The introduction of a form stands above its fields; in a modal with five it begins where there is room."""
    above = modal(replace(FORM, intro="Answer *in* your words."))["components"]
    assert above[0] == {"type": 10, "content": "Answer \\*in\\* your words."}
    five = tuple(TextField(key=f"s{number}", label="L", hint="H") for number in range(5))
    inside = modal(Form(action="a", title="T", fields=five, intro="word " * 40))["components"]
    assert len(inside) == 5
    assert inside[0]["component"]["placeholder"].startswith("word word")
    drafted = modal(Form(action="a", title="T", fields=(replace(five[0], value="v"), *five[1:]), intro="Why."))
    assert [part["component"].get("placeholder") for part in drafted["components"]] == [None, "Why.", None, None, None]
    below = modal(Form(action="a", title="T", fields=(*five[:3], replace(five[3], hint=""), five[4]), intro="Why."))
    assert [part["description"] for part in below["components"]] == ["H", "H", "H", "Why.", "H"]


def test_a_form_that_comes_back_says_what_is_wrong() -> None:
    """A form with errors is answered by a card that says what is wrong with which field, and leads back to the form."""
    card = refused_card(replace(FORM, errors={"s1": "This is too short.", "gone": "It is closed."}))
    said = shown("", components(card))
    assert "Scope: This is too short." in said
    assert "Your answer: It is closed." in said
    assert "What you typed is kept" in said
    assert card.buttons == (Button("Open the form again", "answer:2026-11-23"),)


def test_settings_that_were_typed_stand_in_the_form_again() -> None:
    """What was typed into a settings form comes back with the button that opens it, however it is written."""
    typed = {"zone": "Pariss | & = %?", "at": "9", "days": "mon, wed"}
    wrong = replace(
        SETUP,
        fields=tuple(replace(field, value=typed.get(field.key, field.value)) for field in SETUP.fields),
        errors={"zone": "I know no such time zone."},
    )
    card = refused_card(wrong)
    (button,) = card.buttons
    assert button.action.startswith(f"{REFILL}:setup?")
    assert "stands in the form" in card.plain
    assert refilled(setup_form(None, ""), button.action).fields == wrong.fields


def test_settings_that_do_not_fit_lose_only_what_is_wrong() -> None:
    """When a button cannot hold all that was typed, what was right comes back, and the card does not promise more."""
    long = replace(SETUP.fields[0], value="é" * 60)
    card = refused_card(replace(SETUP, fields=(long, *SETUP.fields[1:]), errors={"zone": "I know no such time zone."}))
    again = refilled(setup_form(None, "UTC"), card.buttons[0].action)
    assert [field.value for field in again.fields] == ["", *(field.value for field in SETUP.fields[1:])]
    assert "is kept" not in card.plain


@pytest.mark.parametrize("action", ["refill:setup", "refill:setup?a|b", "refill:setup?||||nonsense"])
def test_a_button_of_another_version_opens_a_form_that_works(action: str) -> None:
    """A button that does not fit the form of today brings nothing that the form would not take."""
    check_modal(modal(refilled(SETUP, action)))
