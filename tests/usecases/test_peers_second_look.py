"""Second shots and disputes where they meet the rest: data, changes of the answer, counting, seals, work given up."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Refusal
from bot.inbound import Left
from bot.infra.claude.request import ReviewPrompt
from bot.infra.redis.store import Store
from bot.ports import Where
from bot.usecases.feedback.counted_bands import counted
from bot.usecases.members import show_home
from bot.usecases.recover import sweep
from tests.contract.review_case import reviewing
from tests.servers.anthropic import AnthropicServer
from tests.usecases.conftest import PATIENT
from tests.usecases.dying import Fuse, dying
from tests.usecases.second_looking import (
    WHY,
    better,
    decision,
    disagree,
    entries,
    feedback,
    inbox_action,
    review_of,
    sent,
    shot_of,
    weakest,
    weighed,
)
from tests.usecases.study import (
    ANSWER,
    HOUR,
    MINUTE,
    MONDAY,
    OTHER_ANSWER,
    Study,
    bank,
    card,
    form,
    studying,
    text_of,
    without_questions,
)
from tests.usecases.varying import put

READ_IT = ReviewPrompt(name="review", version=1, hash="0", instructions="Read it.", framework=bank().framework)


@pytest.fixture
async def reviewed(judged: Study) -> Study:
    """Ben has answered, and has his feedback."""
    await judged.say("ben")
    await judged.settle()
    return judged


async def exported(study: Study, name: str = "ben") -> dict[str, Any]:
    file = card(await study.command(name, "/tpm-me export")).file
    assert file is not None
    data: dict[str, Any] = json.loads(file.content)
    return data


async def test_the_export_has_both(reviewed: Study) -> None:
    """A member's data hold the second shot with its cost, each dispute with both bands, and what stands in forms."""
    shot, other = await weakest(reviewed), (await weighed(reviewed))[0]
    text = await better(reviewed, shot)
    await reviewed.do(await sent(reviewed, shot, text))
    await reviewed.do(await disagree(reviewed, other))
    await reviewed.settle()
    await reviewed.do(await decision(reviewed, "4", "You are right."))
    opened = form(await reviewed.press("ben", f"dispute:{MONDAY}"))
    await reviewed.do(Left(reviewed.caller("ben"), opened.action, {"reason": "Half a th"}))
    data = await exported(reviewed)
    (kept,) = data["second_shots"]
    assert (kept["section"], kept["text"]) == (shot, text)
    assert kept["cost_usd"] > 0
    (dispute,) = data["disputes"]
    assert (dispute["section"], dispute["reason"], dispute["decided"]) == (other, WHY, 4)
    assert dispute["reply"] == "You are right."
    assert data["form_drafts"] == {opened.action: {"reason": "Half a th"}}
    await reviewed.say("chen")
    assert (await exported(reviewed, "chen"))["disputes"] == []


async def test_forgetting_erases_disputes(reviewed: Study) -> None:
    """Forgetting a member takes their disputes out of the inbox, and an open form of the facilitator says so."""
    await reviewed.do(await disagree(reviewed, (await weighed(reviewed))[0]))
    late = await decision(reviewed, "3")
    await reviewed.press("ben", "forget-now")
    assert await entries(reviewed) == []
    with pytest.raises(Refusal, match="no longer in the inbox"):
        await reviewed.do(late)
    await reviewed.advance(MINUTE)
    assert reviewed.direct("ben") == []


async def test_the_human_s_band_counts(reviewed: Study) -> None:
    """On the member's page, in the group's needs and for variants a decided band counts; the feedback shows both."""
    made = await review_of(reviewed)
    thin = [each for each in made.sections if each.weight > 1 and each.band is not None and each.band <= 1]
    assert thin
    for section in thin:
        await reviewed.do(await disagree(reviewed, section.key))
        await reviewed.do(await decision(reviewed, "3"))
    (part,) = await show_home.run(reviewed.ports, "terminal", reviewed.room.place.workspace, reviewed.id("ben"), "ben")
    page = next(each for each in part.cards if each.kind == "sections").plain
    short = bank().framework.section(thin[0].key).short
    assert any(line.startswith(short) and "3 of 4" in line for line in page.splitlines())
    stored = await review_of(reviewed)
    assert stored == made
    bands = {each.key: each.band for each in (await counted(reviewed.ports, await reviewed.group_id(), made)).sections}
    assert {bands[each.key] for each in thin} == {3}
    await reviewed.advance(timedelta(days=11))
    assert put(reviewed) == []


async def test_without_a_decision_a_variant_comes(reviewed: Study) -> None:
    """While nobody has decided the model's band counts: disagreeing alone keeps no variant away."""
    made = await review_of(reviewed)
    thin = next(each for each in made.sections if each.weight > 1 and each.band is not None and each.band <= 1)
    await reviewed.do(await disagree(reviewed, thin.key))
    await reviewed.advance(timedelta(days=11))
    assert len(put(reviewed)) == 1


async def test_an_answer_given_anew_starts_anew(judged: Study) -> None:
    """Taken back and given again before the bot can look, the new answer has no shot and no dispute of the old one."""
    message = await judged.said("ben")
    await judged.do(message)
    await judged.settle()
    section = (await weighed(judged))[0]
    await judged.do(await sent(judged, section, await better(judged, section)))
    await judged.do(await disagree(judged, section))
    await judged.settle()
    await judged.advance(5 * MINUTE)
    await judged.do(await judged.deleted(message))
    await judged.say("ben", OTHER_ANSWER)
    await judged.settle()
    assert await shot_of(judged) is None
    assert await entries(judged) == []
    assert judged.standing(Where.ONLY_YOU, "ben") == []
    section = (await weighed(judged))[0]
    await judged.do(await sent(judged, section, await better(judged, section)))
    await judged.do(await disagree(judged, section, "Another reason."))
    await judged.settle()
    assert [each.note for each in await entries(judged)] == ["Another reason."]
    shot = await shot_of(judged)
    assert shot is not None
    assert shot.after is not None


async def test_each_decision_is_told(judged: Study) -> None:
    """Two answers one after the other, both disputed and decided, are told about twice, though their ids agree."""
    for number, text in enumerate((ANSWER, OTHER_ANSWER), start=1):
        message = await judged.said("ben", text)
        await judged.do(message)
        await judged.settle()
        await judged.do(await disagree(judged, (await weighed(judged))[0], f"Reason {number}."))
        await judged.do(await decision(judged, "4", f"Decision {number}."))
        await judged.advance(MINUTE)
        assert f"Decision {number}." in judged.direct("ben")[-1]
        await judged.do(await judged.deleted(message))
        await judged.settle()


async def test_an_answer_changed_since_is_said_to_be(judged: Study) -> None:
    """Whoever decides about older feedback is told of the change; its decision moves no band of the newer feedback."""
    message = await judged.said("ben")
    await judged.do(message)
    await judged.settle()
    section = (await weighed(judged))[0]
    await judged.do(await disagree(judged, section))
    await judged.do(await judged.edited(message, OTHER_ANSWER))
    await judged.press("ben", f"again:{MONDAY}")
    await judged.settle()
    assert "There is newer feedback since." in text_of(await judged.command("asha", "/tpm-admin inbox"))
    shown = text_of(await judged.press("asha", await inbox_action(judged, "Read the answer")))
    assert "The answer was changed since the feedback that is disputed" in shown
    await judged.do(await decision(judged, "4", "It did say so."))
    await judged.advance(MINUTE)
    assert "It did say so." in judged.direct("ben")[-1]
    assert "It did say so." not in await feedback(judged)
    newest = await review_of(judged)
    assert await counted(judged.ports, await judged.group_id(), newest) == newest


async def test_a_dispute_of_an_answer_that_goes_gives_words_back(judged: Study) -> None:
    """A reason that is sent when the answer is gone comes back as a file, and nothing waits in the inbox."""
    message = await judged.said("ben")
    await judged.do(message)
    await judged.settle()
    late = await disagree(judged, (await weighed(judged))[0])
    await judged.do(await judged.deleted(message))
    reply = card(await judged.do(late))
    assert reply.file is not None
    assert WHY in reply.file.content.decode()
    await judged.settle()
    assert await entries(judged) == []


async def test_the_same_form_after_the_decision(reviewed: Study) -> None:
    """A form that is brought again after the decision says what was decided, and asks nobody again."""
    again = await disagree(reviewed, (await weighed(reviewed))[0])
    await reviewed.do(again)
    await reviewed.do(await decision(reviewed, "4", "Indeed."))
    assert "Indeed." in text_of(await reviewed.do(again))
    assert "Nothing waits" in text_of(await reviewed.command("asha", "/tpm-admin inbox"))


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("left", range(2, 5))
async def test_facilitators_hear_of_what_was_filed(reviewed: Study, left: int, done: bool) -> None:
    """Wherever a process dies while it takes a dispute, what stands in the inbox is told, and no word is lost."""
    alive, fuse = reviewed.ports, Fuse(left, done)
    form_sent = await disagree(reviewed, (await weighed(reviewed))[0])
    reviewed.ports = dying(alive, fuse)
    with suppress(asyncio.CancelledError):
        await reviewed.do(form_sent)
    assert fuse.is_burnt
    reviewed.ports = alive
    await reviewed.advance(HOUR)
    assert len(reviewed.direct("asha")) == len(await entries(reviewed))
    assert WHY in str(await exported(reviewed))


async def test_work_that_was_given_up_is_told(reviewed: Study) -> None:
    """Of a second shot that cannot be judged its member is told once, with their words kept and a way to try again."""
    section, library = await weakest(reviewed), reviewed.ports.library
    await reviewed.do(await sent(reviewed, section, await better(reviewed, section)))
    reviewed.changed(library=without_questions())
    await reviewed.advance(HOUR)
    (told,) = reviewed.direct("ben")
    assert told.startswith("I could not read your second shot of ")
    assert "What you wrote is kept." in told
    assert any("judging a second shot" in each for each in reviewed.direct("asha"))
    (message,) = reviewed.standing(Where.DIRECT, "ben")
    assert message.card is not None
    reviewed.changed(library=library)
    await sweep(reviewed.ports)
    await reviewed.settle()
    assert reviewed.standing(Where.ONLY_YOU, "ben") == []
    assert text_of(await reviewed.press("ben", message.card.buttons[0].action)).startswith("Kept.")
    await reviewed.settle()
    shot = await shot_of(reviewed)
    assert shot is not None
    assert shot.after is not None
    assert len(reviewed.direct("ben")) == 1


async def test_an_edit_meanwhile_is_read_with_the_new_section(judged: Study, model: AnthropicServer) -> None:
    """An answer that changes before the section is judged is read as it stands then, the new section in it."""
    message = await judged.said("ben")
    await judged.do(message)
    await judged.settle()
    section = await weakest(judged)
    await judged.do(await sent(judged, section, "Nurses wait for eleven of them, at 5 euros an hour."))
    await judged.do(await judged.edited(message, OTHER_ANSWER))
    await judged.settle()
    read = model.requests[-1].body["messages"][0]["content"]
    assert "Nurses wait for eleven of them" in read
    assert OTHER_ANSWER.split(",")[0] in read


async def test_a_sealed_answer_keeps_its_seal(store: Store, tmp_path: Path, model: AnthropicServer) -> None:
    """In a sealed group both stay private; a dispute can be read and decided when the question is closed."""
    async with (
        reviewing(model.url, prompt=READ_IT, timeouts=PATIENT) as reviewer,
        studying(store, tmp_path, reviewer=reviewer, setup="mode=sealed") as study,
    ):
        await study.advance(HOUR + MINUTE)
        key = form(await study.command("ben", "/tpm-answer")).fields[0].key
        await study.submit("ben", MONDAY, {key: ANSWER})
        await study.settle()
        thread = [each.text for each in study.standing(Where.THREAD)]
        await study.do(await sent(study, key, "Forty nurses wait each night, at 5 euros a minute."))
        await study.do(await disagree(study, key))
        await study.settle()
        assert [each.text for each in study.standing(Where.THREAD)] == thread
        shown = card(await study.command("asha", "/tpm-admin inbox"))
        assert "The question is sealed" in shown.plain
        assert WHY not in shown.plain
        about = f"{MONDAY}:{study.id('ben')}:{key}:1"
        for made_up in (f"dispute-read:{about}", f"decide:{about}"):
            with pytest.raises(Refusal, match="sealed"):
                await study.press("asha", made_up)
        closes_at = (await study.post()).closes_at
        assert closes_at is not None
        await study.until(closes_at + MINUTE)
        await study.do(await decision(study, "3"))
        assert (await entries(study))[0].decided == 3
