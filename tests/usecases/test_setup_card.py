from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cards import MOST_CARD_CHARS, Form, TextField
from bot.domain.group import FeedbackMode
from bot.errors import Refusal
from bot.inbound import Submission
from bot.infra.library import FileLibrary
from bot.ports import Check
from tests.usecases.study import Study, bank, card, form, text_of, without_questions

SETUP = "/tpm-admin setup zone=Europe/Paris"


async def test_setup_shows_all_at_once(study: Study) -> None:
    """The card after setup has the checks in one line, the time of the first question, and that question."""
    shown = card(await study.command("asha", SETUP, channel="second"))
    question = study.ports.library.questions[shown.data["question"]]
    assert "Checks: 3 of 4 are fine. /tpm-admin doctor shows them all." in shown.plain
    assert "First question: Mon 23 Nov 09:00 (Europe/Paris), in 1 h." in shown.plain
    assert question.title in shown.plain
    assert question.prompt in shown.plain
    assert [button.label for button in shown.buttons] == ["Post now"]


async def test_the_preview_is_of_the_question_that_comes(study: Study) -> None:
    """The question on the card after setup is the one that is posted first."""
    caller = replace(study.caller("asha"), place=replace(study.room.place, channel="second"))
    shown = card(await study.do(Submission(caller, "setup", {"mode": "sealed", "window": "8"})))
    group_id = await study.ports.groups.at(caller.place)
    assert group_id is not None
    group = await study.ports.groups.get(group_id)
    assert group is not None
    assert (group.sealed, group.window_h, group.feedback) == (True, 8, FeedbackMode.PRIVATE)
    previewed = card(await study.command("asha", "/tpm-admin preview", channel="second"))
    assert previewed.data["question"] == shown.data["question"]


async def test_well_checks_take_one_line(study: Study) -> None:
    """Where all is well the checks are one line; one that fails stands with its fix."""
    well = [Check(name=f"c{number}", ok=True, detail="fine") for number in range(5)]
    study.changed(checks=lambda: _soon(well))
    assert "Checks: all 5 are fine." in text_of(await study.command("asha", SETUP, channel="second"))
    ill = [*well, Check(name="Model", ok=False, detail="no key is set", fix="set ANTHROPIC_API_KEY")]
    study.changed(checks=lambda: _soon(ill))
    shown = text_of(await study.command("asha", SETUP, channel="third"))
    assert "Model: no key is set. To do: set ANTHROPIC_API_KEY" in shown
    assert "c0" not in shown


async def test_the_question_is_cut_when_much_is_wrong(study: Study) -> None:
    """However much the checks have to say, the card keeps its budget and the question's beginning stands in it."""
    long = [Check(name=f"Check {number}", ok=False, detail="x" * 400, fix="y" * 400) for number in range(20)]
    study.changed(checks=lambda: _soon(long))
    longer = {name: replace(each, prompt=each.prompt * 9) for name, each in bank().questions.items()}
    study.changed(library=FileLibrary(bank().framework, longer, bank().facts, bank().topics))
    shown = card(await study.command("asha", SETUP, channel="second"))
    assert len(shown.plain) <= MOST_CARD_CHARS
    assert longer[shown.data["question"]].prompt[:200] in shown.plain
    assert "/tpm-admin preview shows all of it." in shown.plain


async def test_setup_without_a_question_says_so(study: Study) -> None:
    """An empty bank is said at setup and not first at nine in the morning."""
    study.changed(library=without_questions())
    assert "The bank has no question that is ready." in text_of(await study.command("asha", SETUP, channel="second"))


async def test_the_form_has_five_fields_with_values(study: Study) -> None:
    """The setup form fits every platform's modal, and none of its fields may be left empty."""
    blank = form(await study.command("asha", "/tpm-admin setup", channel="second"))
    assert len(blank.fields) == 5
    assert all(field.value for field in blank.fields)
    assert all(field.fewest_chars == 1 for field in blank.fields if isinstance(field, TextField))
    assert "no chat can hide" in blank.intro


@pytest.mark.parametrize(("key", "value"), [("window", "48"), ("window", "x"), ("mode", "loud"), ("zone", "Pariss")])
async def test_a_refused_choice_comes_back(study: Study, key: str, value: str) -> None:
    """A value that cannot be read comes back in the form with its reason, and the other values stay."""
    blank = form(await study.command("asha", "/tpm-admin setup"))
    values = {field.key: field.value for field in blank.fields} | {"at": "10:30", key: value}
    back = await study.do(Submission(study.caller("asha"), "setup", values))
    assert isinstance(back, Form)
    assert back.errors.keys() == {key}
    assert {field.key: field.value for field in back.fields} == values
    assert (await study.group()).schedule.at.hour == 9


@pytest.mark.parametrize("word", ["mode", "feedback"])
async def test_the_older_word_still_works(study: Study, word: str) -> None:
    """Feedback was once set by a word of its own; it may still be typed."""
    shown = text_of(await study.command("asha", f"/tpm-admin setup {word}=brief window=8"))
    assert "Shown: Open: short feedback in the thread, the rest in private" in shown
    assert "An answer counts: 8 hours, or until the next question" in shown
    group = await study.group()
    assert (group.feedback, group.sealed, group.window_h) == (FeedbackMode.BRIEF, False, 8)


async def test_only_an_admin_changes_the_mode(study: Study) -> None:
    """A member cannot open or seal a group."""
    with pytest.raises(Refusal, match="Only an admin"):
        await study.command("ben", "/tpm-admin setup mode=sealed")


async def _soon(checks: list[Check]) -> list[Check]:
    return checks
