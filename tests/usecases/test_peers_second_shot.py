from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from bot.cards import ChoiceField
from bot.errors import Refusal
from bot.inbound import Left, Submission
from bot.infra.redis.keys import Keys
from bot.ports import Where
from bot.usecases import owed
from bot.usecases.recover import sweep
from bot.views.feedback.second_shot_card import TEXT
from tests.conftest import MEMBER_DAILY_USD
from tests.servers.anthropic import AnthropicServer, Reply
from tests.usecases.dying import Fuse, dying
from tests.usecases.reviewing import FOUR, answered, give, given, owed_by
from tests.usecases.second_looking import better, review_of, sent, shot_form, shot_of, weakest
from tests.usecases.study import ANSWER, HOUR, MINUTE, MONDAY, OTHER_ANSWER, Study, card, form, text_of, working

TO_TAKE, TO_JUDGE = 4, 5
"""How many writes each takes; a fuse that is too long fails its test."""


@pytest.fixture
async def reviewed(judged: Study) -> Study:
    """Ben has answered, and has his feedback."""
    await judged.say("ben")
    await judged.settle()
    return judged


async def test_one_section_is_judged_again(reviewed: Study, model: AnthropicServer) -> None:
    """The model reads again for the one section alone, and the member sees both bands and both sets of words."""
    full = card(await reviewed.command("ben", "/tpm-feedback"))
    assert "Second shot" in [each.label for each in full.buttons]
    section = await weakest(reviewed)
    chosen = card(await reviewed.press("ben", f"shot:{MONDAY}"))
    assert f"shot-form:{MONDAY}:{section}" in [each.action for each in chosen.buttons]
    before = len(model.requests)
    kept = await reviewed.do(await sent(reviewed, section, await better(reviewed, section)))
    assert text_of(kept).startswith("Kept.")
    await reviewed.settle()
    (asked,) = model.requests[before:]
    question = asked.body["system"][1]["text"]
    weighed = [part.key for part in (await review_of(reviewed)).sections if part.weight > 0]
    assert [key for key in weighed if f"## Section {key}:" in question] == [section]
    shot = await shot_of(reviewed)
    assert shot is not None
    assert shot.after is not None
    assert shot.stamp is not None
    assert shot.stamp.cost_usd > 0
    assert (shot.after.band or 0) > (shot.before.band or 0)
    (shown,) = [each for each in reviewed.standing(Where.ONLY_YOU, "ben") if each.card]
    assert shown.card is not None
    assert f"Before: {shot.before.band} of 4" in shown.text
    assert f"After: {shot.after.band} of 4" in shown.text
    assert shot.after.points[0].quotes[0][:40] in shown.text
    assert text_of(await reviewed.press("ben", f"shot:{MONDAY}")) == shown.text


async def test_feedback_and_answer_stay_as_they_were(reviewed: Study) -> None:
    """A second shot changes neither the answer nor its feedback, and nothing of it stands in the thread."""
    made, thread = await review_of(reviewed), [each.text for each in reviewed.standing(Where.THREAD)]
    section = await weakest(reviewed)
    await reviewed.do(await sent(reviewed, section, await better(reviewed, section)))
    await reviewed.settle()
    assert await review_of(reviewed) == made
    assert [each.text for each in reviewed.standing(Where.THREAD)] == thread
    answer = await reviewed.answer("ben")
    assert answer is not None
    assert answer.text == ANSWER


async def test_the_form_has_the_section_s_own_text(reviewed: Study) -> None:
    """It opens with the sentences that the feedback quotes for this section, and with what was typed before."""
    for section in (await review_of(reviewed)).sections:
        if section.weight > 0:
            opened = await shot_form(reviewed, section.key)
            own = opened.fields[0].value
            assert all(quote in own for point in section.points for quote in point.quotes)
            assert all(line in ANSWER for line in own.splitlines())
    key = await weakest(reviewed)
    action = (await shot_form(reviewed, key)).action
    await reviewed.do(Left(reviewed.caller("ben"), action, {TEXT: "Half a thou"}))
    assert (await shot_form(reviewed, key)).fields[0].value == "Half a thou"


async def test_the_same_form_twice_is_one(reviewed: Study, model: AnthropicServer) -> None:
    """A form that a platform brings twice is taken and judged once."""
    section = await weakest(reviewed)
    form_sent = await sent(reviewed, section, await better(reviewed, section))
    before = len(model.requests)
    replies = await asyncio.gather(*(reviewed.do(form_sent) for _ in range(5)))
    assert len({text_of(each) for each in replies}) == 1
    await reviewed.settle()
    await reviewed.do(form_sent)
    await reviewed.settle()
    assert len(model.requests) == before + 1


async def test_there_is_one_and_no_words_are_lost(reviewed: Study) -> None:
    """A second one is not taken; what was typed comes back as a file, and the first one stands."""
    section = await weakest(reviewed)
    first, second = [await sent(reviewed, section, f"{await better(reviewed, section)} {n}") for n in "ab"]
    await reviewed.do(first)
    reply = card(await reviewed.do(second))
    assert "that one stands" in reply.plain
    assert reply.file is not None
    assert second.values[TEXT] in reply.file.content.decode()
    shot = await shot_of(reviewed)
    assert shot is not None
    assert shot.text == first.values[TEXT]


async def test_it_ends_after_48_hours(reviewed: Study) -> None:
    """A minute before the 48 hours are over it can be begun; then the button goes, and a late form gives words back."""
    section = await weakest(reviewed)
    late = await sent(reviewed, section, "A late thought, with all its words.")
    made_at = (await review_of(reviewed)).made_at
    await reviewed.until(made_at + 48 * HOUR - MINUTE)
    assert (await shot_form(reviewed, section)).action == late.action
    await reviewed.advance(MINUTE)
    with pytest.raises(Refusal, match="48 hours"):
        await reviewed.press("ben", f"shot:{MONDAY}")
    reply = card(await reviewed.do(late))
    assert reply.file is not None
    assert "A late thought" in reply.file.content.decode()
    full = card(await reviewed.press("ben", f"feedback:{MONDAY}"))
    assert "Second shot" not in [each.label for each in full.buttons]
    assert await shot_of(reviewed) is None


@pytest.mark.parametrize("text", ["", " . "])
async def test_nothing_is_not_judged(reviewed: Study, text: str) -> None:
    """Nothing, or signs alone, come back in the form with what is wrong."""
    opened = await shot_form(reviewed, await weakest(reviewed))
    reply = form(await reviewed.do(Submission(reviewed.caller("ben"), opened.action, {TEXT: text})))
    assert "Write the section" in reply.errors[TEXT]
    assert await shot_of(reviewed) is None


async def test_of_a_form_it_is_the_field(judged: Study, model: AnthropicServer) -> None:
    """Of an answer by form it opens with the section's field, which must change, and only its place is taken."""
    fields = form(await judged.command("ben", "/tpm-answer")).fields
    one, other = fields[0].key, fields[1].key
    await judged.submit("ben", MONDAY, {one: ANSWER, other: "A second field with its own words."})
    await judged.settle()
    opened = await shot_form(judged, one)
    assert opened.fields[0].value == ANSWER
    same = form(await judged.do(Submission(judged.caller("ben"), opened.action, {TEXT: ANSWER})))
    assert "what you wrote before" in same.errors[TEXT]
    await judged.do(Submission(judged.caller("ben"), opened.action, {TEXT: "Nurses wait for eleven of them."}))
    await judged.settle()
    read = model.requests[-1].body["messages"][0]["content"]
    assert "1: Nurses wait for eleven of them.\n2: A second field with its own words." in read


async def test_an_edited_answer_needs_its_review_first(judged: Study) -> None:
    """Where the answer is newer than its feedback, the member is sent to the review of the edit first."""
    message = await judged.said("ben")
    await judged.do(message)
    await judged.settle()
    await judged.do(await judged.edited(message, OTHER_ANSWER))
    with pytest.raises(Refusal, match="review of the edit first"):
        await judged.press("ben", f"shot:{MONDAY}")


async def test_a_withdrawn_answer_takes_it_along(judged: Study) -> None:
    """When the answer is taken back, what was written again goes too, with the card that shows it."""
    message = await judged.said("ben")
    await judged.do(message)
    await judged.settle()
    section = await weakest(judged)
    await judged.do(await sent(judged, section, await better(judged, section)))
    await judged.settle()
    assert len(judged.standing(Where.ONLY_YOU, "ben")) == 1
    await judged.do(await judged.deleted(message))
    await judged.settle()
    assert await shot_of(judged) is None
    assert judged.standing(Where.ONLY_YOU, "ben") == []


async def test_the_reviewer_whose_point_was_used_is_told(judged: Study) -> None:
    """Naming a review in the form says I used this: its reviewer hears of it, once."""
    await judged.command("asha", "/tpm-admin reviews give=off")
    await answered(judged, FOUR[:3])
    (author,) = await owed_by(judged, "ben")
    await give(judged, "ben", author)
    await judged.settle()
    section = await weakest(judged, author)
    (review,) = await given(judged, author)
    choice = (await shot_form(judged, section, author)).fields[1]
    assert isinstance(choice, ChoiceField)
    assert [value for value, _ in choice.options] == ["none", review.token]
    told = len(judged.direct("ben"))
    form_sent = await sent(judged, section, await better(judged, section), author, review.token)
    for _ in range(2):
        await judged.do(form_sent)
        await judged.advance(MINUTE)
    assert len(judged.direct("ben")) == told + 1
    assert "used your review" in judged.direct("ben")[-1]


async def test_without_a_model_there_is_a_self_check(reviewed: Study, model: AnthropicServer) -> None:
    """While the model is away the section's points come as questions; when it is back, the card changes once."""
    section = await weakest(reviewed)
    model.script(*[Reply(status=500)] * 2)
    await reviewed.do(await sent(reviewed, section, await better(reviewed, section)))
    await reviewed.settle()
    (shown,) = [each for each in reviewed.standing(Where.ONLY_YOU, "ben") if each.card]
    assert "does not judge" in shown.text
    shot = await shot_of(reviewed)
    assert shot is not None
    assert (shot.after, shot.is_settled) == (None, False)
    await reviewed.advance(3 * HOUR)
    (shown,) = [each for each in reviewed.standing(Where.ONLY_YOU, "ben") if each.card]
    assert "After:" in shown.text


async def test_it_costs_what_it_may(reviewed: Study, model: AnthropicServer) -> None:
    """Beyond the day's budget no model is asked; the member gets the self-check, and it is settled."""
    section = await weakest(reviewed)
    today = reviewed.clock.now().date()
    await reviewed.ports.purse.adjust(today, reviewed.id("ben"), MEMBER_DAILY_USD)
    before = len(model.requests)
    await reviewed.do(await sent(reviewed, section, await better(reviewed, section)))
    await reviewed.settle()
    assert len(model.requests) == before
    shot = await shot_of(reviewed)
    assert shot is not None
    assert shot.is_settled


async def test_whoever_is_forgotten_takes_it_along(reviewed: Study) -> None:
    """Forgetting a member erases it, the draft and the card."""
    section = await weakest(reviewed)
    await reviewed.do(await sent(reviewed, section, await better(reviewed, section)))
    await reviewed.settle()
    await reviewed.press("ben", "forget-now")
    group_id = await reviewed.group_id()
    assert await reviewed.store.client.call("HLEN", Keys.second_shots(group_id, MONDAY)) == 0
    assert reviewed.standing(Where.ONLY_YOU, "ben") == []


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("left", range(1, TO_TAKE + 1))
async def test_it_survives_death_while_it_is_taken(reviewed: Study, left: int, done: bool) -> None:
    """Wherever a process dies while it takes the form, the same form again makes it one, judged and shown once."""
    section = await weakest(reviewed)
    form_sent = await sent(reviewed, section, await better(reviewed, section))
    alive, fuse = reviewed.ports, Fuse(left, done)
    reviewed.ports = dying(alive, fuse)
    with suppress(asyncio.CancelledError):
        await reviewed.do(form_sent)
    assert fuse.is_burnt
    reviewed.ports = alive
    await reviewed.do(form_sent)
    await sweep(reviewed.ports)
    await reviewed.advance(2 * MINUTE)
    shot = await shot_of(reviewed)
    assert shot is not None
    assert shot.after is not None
    assert len([each for each in reviewed.standing(Where.ONLY_YOU, "ben") if each.card]) == 1


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("left", range(1, TO_JUDGE + 1))
async def test_it_survives_death_while_it_is_judged(reviewed: Study, left: int, done: bool) -> None:
    """Wherever a process dies while it judges and shows, before and after stand once in the end."""
    section = await weakest(reviewed)
    await reviewed.do(await sent(reviewed, section, await better(reviewed, section)))
    alive, fuse = reviewed.ports, Fuse(left, done)
    reviewed.worker = working(dying(alive, fuse))
    with suppress(asyncio.CancelledError):
        await reviewed.worker.drain()
    assert fuse.is_burnt
    reviewed.worker.abandon()
    await asyncio.sleep(0)
    reviewed.worker = working(alive)
    await reviewed.advance(2 * MINUTE)
    shot = await shot_of(reviewed)
    assert shot is not None
    assert shot.after is not None
    assert len([each for each in reviewed.standing(Where.ONLY_YOU, "ben") if each.card]) == 1
    assert await reviewed.ports.jobs.owed(owed.shot(await reviewed.group_id(), MONDAY, reviewed.id("ben"))) is None
