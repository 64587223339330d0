from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.cards import Form
from bot.domain.question import RETIRED, Question
from bot.domain.review import Review
from bot.errors import Refusal
from bot.inbound import Left, Submission
from bot.infra.library.exchange import read_brought
from tests.usecases.study import ANSWER, HOUR, MINUTE, MONDAY, Study, card, form, text_of

FERRY = "rag-ferry-handbook"
TYPED = {
    "title": "Museum guide",
    "prompt": "How would you cut the cost of a museum guide by half?",
    "givens": "600 visitors a day\n2 s to the first word",
    "notes": "s4: says what is lost -> by how much\ns6: a stop rule -> with a number",
    "about": "evals, core, tradeoff",
}


async def send(study: Study, action: str, **typed: str) -> Any:
    return await study.do(Submission(study.caller("asha"), action, TYPED | typed))


async def own(study: Study) -> list[Question]:
    return list((await study.ports.shelves.get(await study.group_id())).own.values())


async def bank(study: Study, line: str = "") -> str:
    return text_of(await study.command("asha", f"/tpm-admin bank {line}"))


async def test_the_bank_is_listed_by_topic_with_state_and_use(opened: Study) -> None:
    """The overview counts each topic; a topic lists its questions with level, kind, state and how often they came."""
    asked = opened.ports.library.questions[(await opened.post()).question_id]
    overview = card(await opened.command("asha", "/tpm-admin bank"))
    assert overview.data["asked"] == {asked.topic: 1}
    assert sum(overview.data["ready"].values()) == len(opened.ports.library.questions)
    listed = await bank(opened, f"list {asked.topic}")
    assert "asked once, last on Mon 23 Nov 2026" in listed
    assert listed.count("never asked") == listed.count("\n- ") - 1
    with pytest.raises(Refusal, match="Did you mean rag-systems"):
        await bank(opened, "list rag-sistems")


async def test_long_lists_have_pages(study: Study) -> None:
    """A list of more than ten questions is turned page by page, and every question stands on one page."""
    for number in range(23):
        await send(study, "bank-add", title=f"Question {number}")
    seen: list[str] = []
    reply = card(await study.command("asha", "/tpm-admin bank list own"))
    while True:
        seen += reply.data["questions"]
        turn = [button.action for button in reply.buttons if button.label == "Next page"]
        if not turn:
            break
        reply = card(await study.press("asha", turn[0]))
    assert sorted(seen) == sorted(question.id for question in await own(study))
    assert len(seen) == 23


async def test_a_question_is_added_with_the_form_and_asked(study: Study) -> None:
    """What is typed into the form is in the bank, shown with its notes, and can be pinned, posted and answered."""
    opened = form(await study.command("asha", "/tpm-admin bank add"))
    assert [field.key for field in opened.fields] == list(TYPED)
    added = text_of(await send(study, opened.action))
    assert "Museum guide is in the bank now." in added
    assert "Trade-offs: says what is lost -> by how much" in added
    (question,) = await own(study)
    assert (question.topic, question.level, question.kind) == ("evals", 2, "tradeoff")
    await study.command("asha", f"/tpm-admin queue pin {question.id} today")
    await study.advance(HOUR + MINUTE)
    assert (await study.post()).question_id == question.id
    await study.say("ben", ANSWER)
    await study.settle()
    feedback = await study.card_about("ben")
    assert feedback is not None
    assert "says what is lost" in feedback.plain


async def test_a_question_that_is_there_already_is_named_when_another_is_added(study: Study) -> None:
    """What is nearly the same as a question of the bank is added all the same and named; a retired one is not."""
    ferry = study.ports.library.questions[FERRY]
    said = text_of(await send(study, "bank-add", prompt=ferry.prompt, givens=""))
    assert f"Museum guide is in the bank now. It is nearly the same as {ferry.title} ({FERRY})." in said
    (question,) = await own(study)
    await study.press("asha", f"bank-retire:{FERRY}")
    said = text_of(await send(study, f"bank-edit:{question.id}", prompt=ferry.prompt, givens=""))
    assert "Museum guide is changed." in said
    assert "nearly the same" not in said


async def test_a_question_without_notes_is_judged_on_the_framework(judged: Study) -> None:
    """A question of the group's own without notes is reviewed in all sections, on the framework's own points."""
    await send(judged, "bank-add", notes="", givens="")
    (question,) = await own(judged)
    tuesday = MONDAY + timedelta(days=1)
    await judged.command("asha", f"/tpm-admin queue pin {question.id} {tuesday}")
    await judged.advance(24 * HOUR)
    await judged.say("ben", ANSWER)
    await judged.settle()
    made = await judged.ports.answers.review(await judged.group_id(), tuesday, judged.id("ben"))
    assert isinstance(made, Review)
    assert [section.weight for section in made.sections] == [1] * 6


async def test_a_faulty_form_comes_back_and_is_kept(study: Study) -> None:
    """What breaks a rule comes back with field and rule and all that was typed; opened again, it still stands there."""
    back = form(await send(study, "bank-add", prompt="One? Two? Three?", about="evls"))
    assert back.errors == {
        "prompt": "This must have at most 2 sentences, has 3.",
        "about": "This does not know “evls”; did you mean evals?",
    }
    assert {field.key: getattr(field, "value", "") for field in back.fields}["notes"] == TYPED["notes"]
    assert await own(study) == []
    again = form(await study.press("asha", "bank-add"))
    assert {field.key: field.value for field in again.fields} == TYPED | {"prompt": "One? Two? Three?", "about": "evls"}


async def test_a_form_that_is_closed_is_kept(study: Study) -> None:
    """What was typed into a form that is closed without sending stands in it when it is opened again."""
    await study.do(Left(study.caller("asha"), "bank-add", {"title": "Half a question", "prompt": " "}))
    again = form(await study.command("asha", "/tpm-admin bank add"))
    assert {field.key: field.value for field in again.fields if field.value} == {"title": "Half a question"}


async def test_the_same_event_adds_one_question(study: Study) -> None:
    """A form that arrives twice makes one question."""
    sent = Submission(study.caller("asha"), "bank-add", TYPED)
    await study.do(sent)
    await study.do(sent)
    assert len(await own(study)) == 1


async def test_an_own_question_is_edited(study: Study) -> None:
    """Editing changes what was typed anew and keeps the id; a packaged question is not changed."""
    await send(study, "bank-add")
    (before,) = await own(study)
    opened = form(await study.press("asha", f"bank-edit:{before.id}"))
    assert {field.key: field.value for field in opened.fields} | {"about": "", "notes": ""} == TYPED | {
        "about": "", "notes": "",
    }  # fmt: skip
    assert "is changed" in text_of(await send(study, opened.action, title="Museum guide, cheaper"))
    (after,) = await own(study)
    assert (after.id, after.title, after.look_for) == (before.id, "Museum guide, cheaper", before.look_for)
    with pytest.raises(Refusal, match="comes with the program, so its text cannot be changed here"):
        await study.command("asha", f"/tpm-admin bank edit {FERRY}")


async def test_a_question_that_is_too_long_for_a_form_is_not_cut(study: Study) -> None:
    """A question with more notes than a form holds is not opened in one, so that nothing of it is lost."""
    long = [f"s{1 + number % 3}: {'m' * 390} -> {'s' * 390}" for number in range(12)]
    made, faults = read_brought(
        "long.csv", f'title,prompt,topic,look_for\nLong,What?,evals,"{chr(10).join(long)}"\n'.encode(),
        ["s1", "s2", "s3", "s4", "s5", "s6"],
    )  # fmt: skip
    assert faults == []
    await study.ports.shelves.put(await study.group_id(), [made[0].question])
    assert (await bank(study, f"show {made[0].question.id}")).count("mmm…") == 12
    with pytest.raises(Refusal, match="more text than a form holds"):
        await study.command("asha", f"/tpm-admin bank edit {made[0].question.id}")


async def test_a_question_is_retired_and_used_again(study: Study) -> None:
    """A retired question, packaged or own, is not asked; it is listed as retired, and can be taken back."""
    await send(study, "bank-add")
    (mine,) = await own(study)
    for question_id in (FERRY, mine.id):
        reply = card(await study.command("asha", f"/tpm-admin bank retire {question_id}"))
        assert [button.label for button in reply.buttons][-1] == "Use it again"
        assert (await study.ports.bank.of(await study.group_id()))[question_id].status == RETIRED
    assert FERRY in await bank(study, "list retired")
    for question_id in (FERRY, mine.id):
        assert "is ready to be asked again" in text_of(await study.press("asha", f"bank-unretire:{question_id}"))
        assert (await study.ports.bank.of(await study.group_id()))[question_id].status == "ready"


async def test_retiring_all_tells_the_facilitator(study: Study) -> None:
    """When nothing is left that is ready, those who run the group are told, and the queue says it."""
    for question_id in study.ports.library.questions:
        await study.ports.shelves.retire(await study.group_id(), question_id)
    await study.ports.shelves.retire(await study.group_id(), FERRY, on=False)
    await study.command("asha", f"/tpm-admin bank retire {FERRY}")
    await study.settle()
    assert study.direct("asha")
    assert "no question is ready" in text_of(await study.command("asha", "/tpm-admin queue"))


@pytest.mark.parametrize("ending", ["md", "csv", "json"])
async def test_the_export_is_a_private_file_that_import_reads(study: Study, ending: str) -> None:
    """The export in the chat holds the group's own questions, as import reads them back."""
    await send(study, "bank-add")
    reply = card(await study.command("asha", f"/tpm-admin bank export {ending}"))
    assert reply.file is not None
    assert reply.file.name == f"questions-{(await study.group()).name}.{ending}"
    made, faults = read_brought(reply.file.name, reply.file.content, ["s1", "s2", "s3", "s4", "s5", "s6"])
    assert faults == []
    assert [each.question for each in made] == await own(study)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("show", "Which question"),
        ("show rag-fery-handbok", "Did you mean rag-ferry-handbook"),
        ("retire xyzzy", "The bank has no question"),
        ("export", "no question of its own yet"),
        ("export docx", "md, csv or json"),
        ("lst", "Did you mean list"),
    ],
)
async def test_what_cannot_be_done_is_explained(study: Study, line: str, says: str) -> None:
    """Each wrong word is refused with what to write."""
    with pytest.raises(Refusal, match=says):
        await study.command("asha", f"/tpm-admin bank {line}")


@pytest.mark.parametrize("page", ["-1", "²", "x", "9" * 50])
async def test_a_made_up_page_is_refused(study: Study, page: str) -> None:
    """A page that is no number is refused as an old button; one that is too high shows the last."""
    with pytest.raises(Refusal, match="no longer does anything"):
        await study.press("asha", f"bank-page:evals:{page}")
    with pytest.raises(Refusal, match="no longer does anything"):
        await study.press("asha", f"inbox:{page}")
    for known in ("0", "99"):
        assert card(await study.press("asha", f"bank-page:evals:{known}")).data["questions"]


async def test_other_groups_do_not_see_it(study: Study) -> None:
    """A group's own questions and what it retired are its alone."""
    await study.command("asha", "/tpm-admin setup", channel="other")
    other = await study.command("asha", "/tpm-admin setup zone=UTC", channel="other")
    assert not isinstance(other, Form)
    await send(study, "bank-add")
    await study.command("asha", f"/tpm-admin bank retire {FERRY}")
    shown = card(await study.command("asha", "/tpm-admin bank", channel="other"))
    assert shown.data["own"] == 0
    assert sum(shown.data["ready"].values()) == len(study.ports.library.questions)
