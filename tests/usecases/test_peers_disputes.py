from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

import pytest

from bot.cards import ChoiceField, Form, Reply
from bot.errors import Refusal
from bot.inbound import Left, Submission
from bot.usecases.recover import sweep
from bot.views.feedback.dispute_card import BAND, NOTE, REASON, SECTION
from tests.usecases.dying import Fuse, dying
from tests.usecases.second_looking import (
    WHY,
    choice,
    decision,
    disagree,
    entries,
    feedback,
    inbox_action,
    review_of,
    weighed,
)
from tests.usecases.study import ANSWER, MINUTE, MONDAY, OTHER_ANSWER, Study, card, form, text_of

INBOX = "/tpm-admin inbox"
TO_END = 4
"""How many writes each takes; a fuse that is too long fails its test."""


@pytest.fixture
async def reviewed(judged: Study) -> Study:
    """Ben has answered, and has his feedback."""
    await judged.say("ben")
    await judged.settle()
    return judged


async def test_a_human_decides_and_both_bands_are_shown(reviewed: Study) -> None:
    """What a member disagrees with waits for a facilitator, who sets another band; the member sees both, and why."""
    section = (await weighed(reviewed))[0]
    full = card(await reviewed.press("ben", f"feedback:{MONDAY}"))
    assert "I disagree" in [button.label for button in full.buttons]
    assert text_of(await reviewed.do(await disagree(reviewed, section))).startswith("Kept. A facilitator looks at")
    assert "the band stands until then" in await feedback(reviewed)
    shown = text_of(await reviewed.command("asha", "/tpm-admin inbox"))
    assert "Disagrees with feedback: ben" in shown
    assert WHY in shown
    before = next(each for each in (await review_of(reviewed)).sections if each.key == section).band
    reply = text_of(await reviewed.do(await decision(reviewed, "3", "You size each file.")))
    assert "3 of 4" in reply
    assert "Nothing waits" in reply
    (entry,) = await entries(reviewed)
    assert (entry.band, entry.decided, entry.reply, entry.outcome) == (before, 3, "You size each file.", "changed")
    full = card(await reviewed.press("ben", f"feedback:{MONDAY}"))
    assert f"the model said {before} of 4" in full.plain
    assert "a facilitator read it and says 3 of 4" in full.plain
    assert "You size each file." in full.plain
    assert full.data["disputes"][0]["decided"] == 3
    assert next(each for each in (await review_of(reviewed)).sections if each.key == section).band == before


async def test_the_member_is_told_once_and_privately(reviewed: Study) -> None:
    """The decision comes as a direct message, once, and stands in no thread."""
    section = (await weighed(reviewed))[0]
    await reviewed.do(await disagree(reviewed, section))
    told = len(reviewed.direct("ben"))
    await reviewed.do(await decision(reviewed, "2", "Your sum stands."))
    for _ in range(2):
        await reviewed.advance(MINUTE)
        await sweep(reviewed.ports)
    assert len(reviewed.direct("ben")) == told + 1
    assert "Your sum stands." in reviewed.direct("ben")[-1]
    assert not [each for each in reviewed.room.standing() if each.thread and "Your sum stands." in each.text]


async def test_a_band_may_be_kept(reviewed: Study) -> None:
    """A facilitator who agrees with the model says so; the form has the model's band chosen already."""
    section = (await weighed(reviewed))[0]
    await reviewed.do(await disagree(reviewed, section))
    opened = form(await reviewed.press("asha", await inbox_action(reviewed, "Decide")))
    chosen = opened.fields[0].value
    await reviewed.do(Submission(reviewed.caller("asha"), opened.action, {BAND: chosen, NOTE: "It names no number."}))
    assert "a facilitator read it and says the same" in await feedback(reviewed)
    assert (await entries(reviewed))[0].outcome == "kept"


async def test_the_first_decision_stands(reviewed: Study) -> None:
    """Of two facilitators who decide at the same time one wins, and both see the same."""
    section = (await weighed(reviewed))[0]
    await reviewed.do(await disagree(reviewed, section))
    one, other = [await decision(reviewed, band) for band in ("1", "4")]
    replies = await asyncio.gather(reviewed.do(one), reviewed.do(other))
    decided = (await entries(reviewed))[0].decided
    assert all(f"{decided} of 4" in text_of(reply) for reply in replies)
    assert "Nothing waits" in text_of(await reviewed.command("asha", "/tpm-admin inbox"))


async def test_a_decision_needs_a_reason_and_a_band(reviewed: Study) -> None:
    """Without a note or a band the form comes back with all that was typed, and nothing is decided."""
    section = (await weighed(reviewed))[0]
    await reviewed.do(await disagree(reviewed, section))
    sent = await decision(reviewed, "9", " ")
    again = form(await reviewed.do(sent))
    assert set(again.errors) == {BAND, NOTE}
    assert (await entries(reviewed))[0].is_open
    await reviewed.do(Left(reviewed.caller("asha"), sent.action, {BAND: choice("3"), NOTE: "Half a th"}))
    kept = form(await reviewed.press("asha", sent.action))
    assert [field.value for field in kept.fields] == [choice("3"), "Half a th"]


async def test_nobody_changes_a_band_of_their_own(judged: Study) -> None:
    """Who disagrees may let the band stand, and cannot set another."""
    await judged.say("asha")
    await judged.settle()
    section = (await weighed(judged, "asha"))[0]
    await judged.do(await disagree(judged, section, name="asha"))
    model = form(await judged.press("asha", await inbox_action(judged, "Decide"))).fields[0].value
    other = "4" if model != choice("4") else "3"
    again = form(await judged.do(await decision(judged, other)))
    assert "Who disagrees does not change the band" in again.errors[BAND]
    await judged.do(await decision(judged, model))
    assert not (await entries(judged))[0].is_open


async def test_only_facilitators_decide(reviewed: Study) -> None:
    """A member who makes up the button or the form is refused, and nothing changes."""
    section = (await weighed(reviewed))[0]
    await reviewed.do(await disagree(reviewed, section))
    action = await inbox_action(reviewed, "Decide")
    for made_up in (action, action.replace("decide", "dispute-read")):
        with pytest.raises(Refusal, match="facilitator"):
            await reviewed.press("ben", made_up)
    with pytest.raises(Refusal, match="facilitator"):
        await reviewed.do(Submission(reviewed.caller("ben"), action, {BAND: choice("4"), NOTE: "Me"}))
    assert (await entries(reviewed))[0].is_open


async def test_the_reason_is_kept_before_all_else(reviewed: Study) -> None:
    """A reason that is missing, or a section that is none, comes back with what was typed; so does a closed form."""
    section = (await weighed(reviewed))[0]
    for key, why, field in ((section, " . ", REASON), ("s9", WHY, SECTION), (section, "x" * 2_001, REASON)):
        again = form(await reviewed.do(await disagree(reviewed, key, why)))
        assert set(again.errors) == {field}
        assert again.fields[1].value == (why[:2_000] if why.strip(" .") else why)
    assert await entries(reviewed) == []
    action = form(await reviewed.press("ben", f"dispute:{MONDAY}")).action
    await reviewed.do(Left(reviewed.caller("ben"), action, {SECTION: section, REASON: "Half a th"}))
    opened = form(await reviewed.press("ben", f"dispute:{MONDAY}"))
    assert [each.value for each in opened.fields] == [section, "Half a th"]


async def test_each_section_is_disputed_once(reviewed: Study) -> None:
    """The same form again changes nothing; other words come back as a file; that section is offered no more."""
    section, *others = await weighed(reviewed)
    first, second = await disagree(reviewed, section), await disagree(reviewed, section, "Other words now.")
    replies = {text_of(await reviewed.do(first)) for _ in range(2)}
    assert len(replies) == 1
    reply = card(await reviewed.do(second))
    assert reply.file is not None
    assert "Other words now." in reply.file.content.decode()
    assert len(await entries(reviewed)) == 1
    offered = form(await reviewed.press("ben", f"dispute:{MONDAY}")).fields[0]
    assert isinstance(offered, ChoiceField)
    assert [key for key, _ in offered.options] == others


async def test_the_facilitator_reads_what_they_decide_on(reviewed: Study) -> None:
    """The evidence shows the reason, the answer and what the model said of the section."""
    section = (await weighed(reviewed))[0]
    await reviewed.do(await disagree(reviewed, section))
    shown = text_of(await reviewed.press("asha", await inbox_action(reviewed, "Read the answer")))
    assert WHY in shown
    assert ANSWER.splitlines()[0][:100] in shown
    assert "the model said" in shown


async def test_a_withdrawn_answer_ends_its_disputes(judged: Study) -> None:
    """When the answer is taken back nothing of its dispute waits any more; given anew, it can be disputed anew."""
    message = await judged.said("ben")
    await judged.do(message)
    await judged.settle()
    section = (await weighed(judged))[0]
    await judged.do(await disagree(judged, section))
    await judged.do(await judged.deleted(message))
    await judged.settle()
    assert await entries(judged) == []
    await judged.say("ben", OTHER_ANSWER)
    await judged.settle()
    await judged.do(await disagree(judged, section, "Another reason."))
    assert [each.note for each in await entries(judged)] == ["Another reason."]


async def test_facilitators_see_who_decided(reviewed: Study) -> None:
    """The inbox's history names who decided, with both bands and the note; the member's own cards never do."""
    section = (await weighed(reviewed))[0]
    await reviewed.command("dara", "/tpm-streak")
    await reviewed.command("asha", "/tpm-admin members dara")
    await reviewed.do(await disagree(reviewed, section))
    assert "Decided so far" not in [each.label for each in card(await reviewed.command("asha", INBOX)).buttons]
    stale = await inbox_action(reviewed, "Decide")
    await reviewed.do(await decision(reviewed, "3", "You size each file.", name="asha"))
    assert "Decided by asha." in text_of(await reviewed.press("dara", stale))
    assert "Decided by asha." not in text_of(await reviewed.press("asha", stale))
    shown = text_of(await reviewed.press("dara", await inbox_action(reviewed, "Decided so far", name="dara")))
    assert "Decided: 1" in shown
    for words in ("A disagreement, ben", "3 of 4", "the model said", "Decided by asha", "“You size each file.”"):
        assert words in shown
    await reviewed.advance(MINUTE)
    assert "asha" not in reviewed.direct("ben")[-1]
    assert "asha" not in await feedback(reviewed)
    with pytest.raises(Refusal, match="facilitator"):
        await reviewed.press("ben", "inbox-past:1")


@pytest.mark.parametrize(("then", "later"), [("shown", "hidden"), ("hidden", "shown")])
async def test_an_export_names_who_decided_as_the_group_showed_names_then(
    reviewed: Study, then: str, later: str
) -> None:
    """The member's export names who decided if names were shown at that time, whatever the group decides later."""
    section = (await weighed(reviewed))[0]
    await reviewed.command("asha", f"/tpm-admin reviews names={then}")
    await reviewed.do(await disagree(reviewed, section))
    await reviewed.do(await decision(reviewed, "3", "You size each file."))
    await reviewed.command("asha", f"/tpm-admin reviews names={later}")
    (dispute,) = (await _export(reviewed, "ben"))["disputes"]
    assert dispute["decided_by"] == ("asha" if then == "shown" else None)


async def test_who_decided_has_it_in_their_own_export(reviewed: Study) -> None:
    """What a facilitator decided and wrote is in their export, without whose it was; forgotten, it has no name."""
    section = (await weighed(reviewed))[0]
    await reviewed.do(await disagree(reviewed, section))
    await reviewed.do(await decision(reviewed, "3", "You size each file."))
    (made,) = (await _export(reviewed, "asha"))["decisions"]
    assert (made["section"], made["decided"], made["reply"]) == (section, 3, "You size each file.")
    assert "ben" not in str(made)
    assert (await _export(reviewed, "ben"))["decisions"] == []
    await reviewed.command("asha", "/tpm-me forget")
    await reviewed.press("asha", "forget-now")
    (entry,) = await entries(reviewed)
    assert (entry.decided, entry.closed_by) == (3, None)
    assert "Who decided is not kept" in text_of(await reviewed.press("asha", "inbox-past:1"))


@pytest.mark.parametrize("name", ["file", "decide"])
@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("left", range(1, TO_END + 1))
async def test_it_survives_death_at_every_write(reviewed: Study, name: str, done: bool, left: int) -> None:
    """Wherever a process dies, the same form again makes it one dispute, or one decision that the member hears of."""
    section = (await weighed(reviewed))[0]
    sent = await disagree(reviewed, section)
    if name == "decide":
        await reviewed.do(sent)
        await reviewed.settle()
        sent = await decision(reviewed, "3")
    told = len(reviewed.direct("ben"))
    reply = await _killed(reviewed, sent, left, done=done)
    assert not isinstance(reply, Form)
    await reviewed.advance(MINUTE)
    (entry,) = await entries(reviewed)
    assert entry.is_open == (name == "file")
    assert len(reviewed.direct("ben")) == told + (name == "decide")


async def _export(study: Study, name: str) -> dict[str, Any]:
    file = card(await study.command(name, "/tpm-me export")).file
    assert file is not None
    found: dict[str, Any] = json.loads(file.content)
    return found


async def _killed(study: Study, sent: Submission, left: int, *, done: bool) -> Reply:
    alive, fuse = study.ports, Fuse(left, done)
    study.ports = dying(alive, fuse)
    with suppress(asyncio.CancelledError):
        await study.do(sent)
    assert fuse.is_burnt
    study.ports = alive
    return await study.do(sent)
