from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.cards import Form
from bot.commands import needs_rights
from bot.commands.facilitator import FACILITATOR_FORMS, FACILITATOR_PRESSES
from bot.errors import Refusal
from bot.inbound import Submission
from tests.usecases.study import HOUR, MONDAY, Study, card, form, text_of

WEDNESDAY = MONDAY + timedelta(days=2)
THURSDAY = MONDAY + timedelta(days=3)
SATURDAY = MONDAY + timedelta(days=5)
FERRY, PARK = "rag-ferry-handbook", "rag-park-visitors"


async def queue(study: Study, line: str = "") -> dict[str, str]:
    """Day -> question, as Asha is shown them after `line`."""
    shown = card(await study.command("asha", f"/tpm-admin queue {line}"))
    return {row["day"]: row["question"] for row in shown.data["queue"]}


async def submit(study: Study, **values: str) -> Form | str:
    reply = await study.do(Submission(study.caller("asha"), "queue-form", values))
    return reply if isinstance(reply, Form) else text_of(reply)


async def test_the_next_fortnight_is_shown_with_reasons(study: Study) -> None:
    """The queue lists the next 14 posts with date, question and why each was picked, and it comes true."""
    shown = card(await study.command("asha", "/tpm-admin queue"))
    days = [date.fromisoformat(row["day"]) for row in shown.data["queue"]]
    assert (days[0], len(days)) == (MONDAY, 14)
    assert all(day.isoweekday() < 6 for day in days)
    assert len({row["question"] for row in shown.data["queue"]}) == 14
    lines = shown.plain.splitlines()[1:15]
    assert "a warm-up to begin with" in lines[0]
    assert sum("week shape: " in line for line in lines) >= 8
    await study.advance(3 * 24 * HOUR)
    assert [post.question_id for post in await study.posts()] == [row["question"] for row in shown.data["queue"][:3]]


async def test_a_pinned_question_comes_on_its_date(study: Study) -> None:
    """A question that is pinned to a date is posted then, says so in the queue, and comes on no other date."""
    days = await queue(study, f"pin {FERRY} wed")
    assert days[str(WEDNESDAY)] == FERRY
    assert list(days.values()).count(FERRY) == 1
    assert "put there by a facilitator" in text_of(await study.command("asha", "/tpm-admin queue"))
    await study.advance(3 * 24 * HOUR)
    assert (await study.post(WEDNESDAY)).question_id == FERRY


async def test_moving_swaps_two_dates(study: Study) -> None:
    """Moving a question to another date swaps it with what stands there, and nothing else moves."""
    before = await queue(study)
    after = await queue(study, f"move {WEDNESDAY} {THURSDAY}")
    assert after[str(WEDNESDAY)] == before[str(THURSDAY)]
    assert after[str(THURSDAY)] == before[str(WEDNESDAY)]
    assert set(after.values()) >= {before[str(MONDAY)]}


async def test_removing_brings_another_question(study: Study) -> None:
    """Removing what is pinned leaves the date to be chosen; removing what is planned puts another question there."""
    plain = await queue(study)
    await queue(study, f"pin {FERRY} wed")
    assert await queue(study, "remove wed") == plain
    planned = plain[str(WEDNESDAY)]
    removed = await queue(study, f"remove {WEDNESDAY}")
    assert removed[str(WEDNESDAY)] not in {planned, None}
    assert removed[str(MONDAY)] == plain[str(MONDAY)]
    await study.advance(3 * 24 * HOUR)
    assert (await study.post(WEDNESDAY)).question_id != planned


async def test_a_pinned_question_that_is_retired_is_said(study: Study) -> None:
    """Retiring a pinned question names its date, the queue says that another comes, and another does."""
    await queue(study, f"pin {FERRY} {WEDNESDAY}")
    assert "It stood in the queue on Wed 25 Nov" in text_of(
        await study.command("asha", f"/tpm-admin bank retire {FERRY}")
    )
    shown = text_of(await study.command("asha", "/tpm-admin queue"))
    assert shown.startswith(
        "Handbook assistant for a ferry company was put on Wed 25 Nov, but it is not ready any more"
    )
    await study.advance(3 * 24 * HOUR)
    assert (await study.post(WEDNESDAY)).question_id != FERRY
    with pytest.raises(Refusal, match=r"is retired\. To use it again, type /tpm-admin bank unretire rag-ferry"):
        await queue(study, f"pin {FERRY} fri")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("pin", "give its id and a date"),
        ("pin rag-ferry-handbook", "give its id and a date"),
        ("pin rag-fery-handbok wed", "Did you mean rag-ferry-handbook"),
        ("pin xyzzy wed", "The bank has no question “xyzzy”."),
        ("pin rag-ferry-handbook someday", "I cannot read the date"),
        ("pin rag-ferry-handbook 2026-11-28", "weekdays. Give a date that gets one, such as 2026-11-23. Noth"),
        ("pin rag-ferry-handbook 2026-11-20", "No question will be posted on Fri 20 Nov"),
        ("pin rag-ferry-handbook 2027-11-29", "ahead. Give a date that gets one, such as 2026-11-23. Nothing"),
        ("move 2026-11-25", "give two dates"),
        ("move wed wed", "Both dates are the same. Give two, such as: queue move tue thu. Nothing was changed."),
        ("remove", "give its date"),
        ("pine rag-ferry-handbook wed", "Did you mean pin?"),
    ],
)
async def test_what_cannot_be_done_is_explained(study: Study, line: str, says: str) -> None:
    """Each wrong word is refused with what to write, and the queue stays as it was."""
    before = await queue(study)
    with pytest.raises(Refusal, match=says.replace("(", r"\(").replace("?", r"\?")):
        await queue(study, line)
    assert await queue(study) == before


async def test_one_question_stands_on_one_date(study: Study) -> None:
    """A question that is pinned already is not pinned to a second date; a posted date takes no pin."""
    await queue(study, f"pin {FERRY} wed")
    with pytest.raises(Refusal, match=r"stands on Wed 25 Nov already\. Use queue move"):
        await queue(study, f"pin {FERRY} thu")
    await study.advance(2 * HOUR)
    with pytest.raises(Refusal, match="No question will be posted on Mon 23 Nov"):
        await queue(study, f"pin {PARK} today")


async def test_the_form_does_the_same(study: Study) -> None:
    """The form pins, moves and removes as the words do; with a fault it comes back with what was typed."""
    opened = form(await study.press("asha", "queue-form"))
    assert [field.key for field in opened.fields] == ["day", "do", "question", "to"]
    assert "Handbook assistant" in str(await submit(study, day=str(WEDNESDAY), do="pin", question=FERRY))
    assert (await queue(study))[str(WEDNESDAY)] == FERRY
    await submit(study, day=str(WEDNESDAY), do="move", to=str(THURSDAY))
    assert (await queue(study))[str(THURSDAY)] == FERRY
    await submit(study, day=str(THURSDAY), do="remove")
    assert (await queue(study))[str(THURSDAY)] != FERRY
    refused = await submit(study, day=str(WEDNESDAY), do="pin", question="xyzzy")
    assert isinstance(refused, Form)
    assert refused.fields[2].value == "xyzzy"
    assert "The bank has no question" in refused.errors["question"]


async def test_two_facilitators_at_once_agree(study: Study) -> None:
    """Changes of several facilitators at the same time all stand, and everybody is shown the same queue."""
    lines = [f"pin {FERRY} wed", f"pin {PARK} thu", "remove fri"]
    await asyncio.gather(*(queue(study, line) for line in lines))
    one, other = await asyncio.gather(queue(study), queue(study))
    assert one == other
    assert (one[str(WEDNESDAY)], one[str(THURSDAY)]) == (FERRY, PARK)


async def test_a_long_queue_fits_a_card(study: Study) -> None:
    """Fourteen pinned questions with the longest titles and ids still fit one card."""
    longest = replace(
        study.ports.library.questions[FERRY], title="W" * 60, id="own-" + "w" * 44, status="ready",
    )  # fmt: skip
    made = [replace(longest, id=f"{longest.id}{number:02}") for number in range(14)]
    await study.ports.shelves.put(await study.group_id(), made)
    days = [row["day"] for row in card(await study.command("asha", "/tpm-admin queue")).data["queue"]]
    for day, question in zip(days, made, strict=True):
        await queue(study, f"pin {question.id} {day}")
    assert list((await queue(study)).values()) == [question.id for question in made]


async def test_a_paused_group_has_no_queue(study: Study) -> None:
    """While the group is paused the queue says that nothing is planned, and no form opens."""
    await study.command("asha", "/tpm-admin pause")
    assert "No question is planned" in text_of(await study.command("asha", "/tpm-admin queue"))
    with pytest.raises(Refusal, match="No question is planned"):
        await study.press("asha", "queue-form")


async def test_only_facilitators_touch_the_tools(study: Study) -> None:
    """A member is refused each button and form of the tools; platforms look up who manages the channel for them."""
    await study.command("ben", "/tpm-streak")
    for name in FACILITATOR_PRESSES:
        with pytest.raises(Refusal, match="Only a facilitator or an admin"):
            await study.press("ben", f"{name}:x")
    for name in FACILITATOR_FORMS:
        sent = Submission(study.caller("ben"), f"{name}:x", {})
        assert needs_rights(sent)
        with pytest.raises(Refusal, match="Only a facilitator or an admin"):
            await study.do(sent)
