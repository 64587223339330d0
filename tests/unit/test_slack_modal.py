from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from bot.cards import ChoiceField, Form, TextField
from bot.views.facilitating.setup_form import setup_form
from handlers.slack.modal import CALLBACK_ID, action_of, errors_of, ids_of, modal, values_of
from tests.servers.slack_blocks import view_faults
from tests.servers.slack_text import nodes, pings, shown
from tests.unit.card_strategies import any_forms

FORM = Form(
    action="answer:2026-11-23",
    title="Your answer",
    fields=(
        TextField(key="s1", label="Scope", hint="What is asked & what is not", value="<!here> first"),
        ChoiceField(key="band", label="Band", options=(("1", "Named"), ("2", "Specific")), value="2"),
        TextField(key="s2", label="Users", fewest_chars=2, most_chars=9_000, multiline=False),
    ),
)


def submitted(view: dict[str, Any], **typed: str) -> dict[str, Any]:
    """The view as Slack sends it back, with what stood in it and what was typed; its state in another order."""
    values: dict[str, Any] = {}
    for block in reversed([block for block in view["blocks"] if block["type"] == "input"]):
        element, key = block["element"], block["block_id"]
        if element["type"] == "static_select":
            state = {"type": "static_select", "selected_option": element.get("initial_option")}
        else:
            typed_here = typed.get(key, element.get("initial_value"))
            state = {"type": "plain_text_input", "value": typed_here}
        values[key] = {element["action_id"]: state}
    return {**view, "state": {"values": values}}


@given(any_forms())
def test_no_form_of_the_budget_breaks_a_limit(form: Form) -> None:
    """A form that the budget allows makes a modal that Slack takes and in which nothing is live."""
    view = modal(form, ids={"channel": "C0000001", "thread": "1795507200.000100"})
    assert view_faults(view, "modal") == []
    assert pings("", view["blocks"]) == []


@given(any_forms())
def test_what_stands_in_a_form_comes_back(form: Form) -> None:
    """A modal that is sent as it was opened gives the values of its form, in the form's order."""
    values = values_of(submitted(modal(form)))
    assert list(values.items()) == [(field.key, field.value) for field in form.fields]


def test_typed_words_come_back_as_typed() -> None:
    """Words typed into a modal come back unchanged, and a field left empty as an empty text."""
    values = values_of(submitted(modal(FORM), s1=" <b> & \n> x "))
    assert values == {"s1": " <b> & \n> x ", "band": "2", "s2": ""}


def test_a_choice_not_made_is_empty() -> None:
    """A choice that nobody made is an empty text."""
    form = Form(action="setup", title="T", fields=(ChoiceField(key="a", label="A", options=(("x", "X"),)),))
    assert values_of(submitted(modal(form))) == {"a": ""}


def test_a_form_knows_what_it_does_and_where() -> None:
    """The action and the ids of a modal come back with it."""
    view = modal(FORM, ids={"channel": "C1", "thread": "17.1"})
    assert (view["callback_id"], action_of(view), ids_of(view)) == (
        CALLBACK_ID, "answer:2026-11-23", {"channel": "C1", "thread": "17.1"},
    )  # fmt: skip


def test_too_many_ids_are_refused() -> None:
    """Ids beyond the 3,000 characters of private metadata are a fault of the program, not a silent cut."""
    with pytest.raises(ValueError, match="characters of ids"):
        modal(FORM, ids={"channel": "C" * 3_000})


def test_an_error_stands_at_its_field() -> None:
    """An error is told above its field and answers the submission under its field's key."""
    form = Form(action="setup", title="T", fields=setup_form(None, "").fields, errors={"at": "Write it as 9:00."})
    drawn = modal(form)["blocks"]
    place = next(number for number, block in enumerate(drawn) if block.get("block_id") == "at")
    assert shown(drawn[place - 1 : place]) == "Write it as 9:00."
    assert errors_of(form) == {"at": "Write it as 9:00."}


def test_an_error_of_no_field_is_not_lost() -> None:
    """An error that names no field of the form stands at its first field, after that field's own."""
    form = Form(action="a", title="T", fields=FORM.fields, errors={"s1": "Too short.", "gone": "Closed."})
    assert errors_of(form) == {"s1": "Too short. Closed."}


def test_limits_of_a_field_are_told_to_slack() -> None:
    """A field that may stay empty is optional; lengths go along, held to Slack's 3,000 characters."""
    first, choice, last = (block for block in modal(FORM)["blocks"] if block["type"] == "input")
    assert (first["optional"], "optional" in choice, last["optional"]) == (True, False, False)
    assert (last["element"]["min_length"], last["element"]["max_length"]) == (2, 3_000)
    assert first["hint"]["text"] == "What is asked & what is not"
    assert first["element"]["initial_value"] == "<!here> first"


def test_a_field_keeps_its_ids_when_the_form_comes_back() -> None:
    """A form that comes back with errors has the ids it had, so that Slack keeps what was typed."""
    again = Form(action=FORM.action, title=FORM.title, fields=FORM.fields, errors={"s2": "This needs an answer."})
    before, after = (
        [(node["block_id"], node["element"]["action_id"]) for node in nodes(modal(form)["blocks"]) if "element" in node]
        for form in (FORM, again)
    )
    assert before == after


def test_a_value_is_no_longer_than_its_field() -> None:
    """What stands in a field already is never longer than the field takes: Slack would not open the modal."""
    form = Form(action="a", title="T", fields=(TextField(key="at", label="Time", value="12345678", most_chars=5),))
    element = modal(form)["blocks"][0]["element"]
    assert (element["initial_value"], element["max_length"]) == ("12345", 5)
