from __future__ import annotations

import re

import pytest

from bot.cards import Form
from bot.commands.table import ADMIN_VERBS
from bot.errors import Refusal
from bot.inbound import Submission
from tests.usecases.study import HOUR, MONDAY, Study, card, form, text_of

LINES = {
    "setup": "zone=Europe/Paris",
    "schedule": "at=10:00",
    "preview": "",
    "post-now": "",
    "skip": "",
    "unskip": "2026-11-23",
    "pause": "",
    "resume": "",
    "members": "",
    "reviews": "",
    "doctor": "",
    "queue": "",
    "bank": "",
    "inbox": "",
}
"""Each verb with words that it takes."""
FOR_ADMINS = {"setup", "schedule", "reviews"}


@pytest.fixture
async def staffed(study: Study) -> Study:
    """Ben is a facilitator, Chen a member; Asha manages the channel."""
    for name in ("ben", "chen"):
        await study.command(name, "/tpm-streak")
    await study.command("asha", "/tpm-admin members ben")
    return study


def test_every_verb_is_tried() -> None:
    """The lines above name every verb of the table, so that a new one cannot go untested."""
    assert set(LINES) == {verb.name for verb in ADMIN_VERBS}


@pytest.mark.parametrize("verb", LINES)
async def test_a_member_runs_no_admin_verb(staffed: Study, verb: str) -> None:
    """A member is refused each verb by name of who may, and nothing changes."""
    before = await staffed.group()
    who = "an admin" if verb in FOR_ADMINS else "a facilitator or an admin"
    with pytest.raises(Refusal, match=f"Only {who} of this group can do that. Nothing was changed."):
        await staffed.command("chen", f"/tpm-admin {verb} {LINES[verb]}")
    assert await staffed.group() == before
    assert await staffed.posts() == []


@pytest.mark.parametrize("verb", LINES)
async def test_a_facilitator_runs_the_questions(staffed: Study, verb: str) -> None:
    """A facilitator runs each verb but those that change settings."""
    line = f"/tpm-admin {verb} {LINES[verb]}"
    if verb in FOR_ADMINS:
        with pytest.raises(Refusal, match="Only an admin of this group can do that"):
            await staffed.command("ben", line)
    else:
        assert card(await staffed.command("ben", line)).plain


@pytest.mark.parametrize("verb", LINES)
async def test_an_admin_runs_all(staffed: Study, verb: str) -> None:
    """Who manages the channel, or is named an admin of the group, runs each verb."""
    line = f"/tpm-admin {verb} {LINES[verb]}"
    assert card(await staffed.command("asha", line, admin=False)).plain
    if verb != "post-now":
        assert card(await staffed.command("dara", line, admin=True)).plain


async def test_only_admins_name_facilitators(staffed: Study) -> None:
    """A facilitator sees the members and cannot give or take the role; the same command again ends it."""
    with pytest.raises(Refusal, match="Only an admin of this group can do that"):
        await staffed.command("ben", "/tpm-admin members chen")
    assert text_of(await staffed.command("asha", "/tpm-admin members @BEN")) == "ben is no facilitator any more."
    with pytest.raises(Refusal, match="Only a facilitator or an admin"):
        await staffed.command("ben", "/tpm-admin preview")


async def test_a_name_may_have_several_words(staffed: Study) -> None:
    """A member whose name has blanks can be named as it is written."""
    await staffed.command("Dara O Neil", "/tpm-streak")
    reply = await staffed.command("asha", "/tpm-admin members dara o neil")
    assert text_of(reply) == "Dara O Neil is a facilitator now."


async def test_a_name_that_nobody_has_is_refused(staffed: Study) -> None:
    """An unknown name is answered with those that are known."""
    with pytest.raises(Refusal, match=r"Nobody here is called nobody\. Members: .*ben, chen"):
        await staffed.command("asha", "/tpm-admin members nobody")


async def test_members_are_listed_without_scores(staffed: Study) -> None:
    """The list says who takes part and in which role, in alphabetical order."""
    await staffed.advance(HOUR)
    await staffed.say("chen")
    text = text_of(await staffed.command("ben", "/tpm-admin members"))
    assert re.search(r"asha \(admin\): not yet\n.*ben \(facilitator\): not yet\n.*chen: took part once", text)


@pytest.mark.parametrize(("action", "who"), [("preview", "chen"), ("post-now", "chen")])
async def test_a_button_carries_no_right(staffed: Study, action: str, who: str) -> None:
    """A button for those who run the group is checked again when it is pressed."""
    with pytest.raises(Refusal, match="Only a facilitator or an admin"):
        await staffed.press(who, action)
    assert card(await staffed.press("ben", action)).plain


@pytest.mark.parametrize("action", ["nothing", "", "answer:soon", "count:2026-11-23", "again:", "feedback:x", "vote:1"])
async def test_a_button_of_former_days_does_no_harm(staffed: Study, action: str) -> None:
    """A button that is no longer known, or carries what cannot be read, is refused with a plain word."""
    with pytest.raises(Refusal, match="no longer"):
        await staffed.press("chen", action)


async def test_a_form_of_former_days_does_no_harm(staffed: Study) -> None:
    """A form that is no longer known, or for a day that cannot be read, is refused with a plain word."""
    for action in ("vote", "answer:soon", "answer"):
        with pytest.raises(Refusal, match="no longer does anything"):
            await staffed.do(Submission(staffed.caller("chen"), action, {"s1": "x"}))


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("/tpm-foo", "There is no command /tpm-foo. /tpm-help lists what there is."),
        ("/tpm-strek", "There is no command /tpm-strek. Did you mean /tpm-streak?"),
        ("/xyzzy", "There is no command /xyzzy. /tpm-help lists what there is."),
        ("/tpm-admin paus", "/tpm-admin has no paus. Did you mean pause? Nothing was changed."),
        ("/tpm-admin xyzzy", "/tpm-admin has no xyzzy. /tpm-admin alone lists them. Nothing was changed."),
        ("/tpm-question rag-sistem", "Did you mean rag-systems?"),
        ("/tpm-question knitting", "The bank has no topic “knitting”. Topics: "),
        ("/tpm-question 7", "A level is 1 (warm-up), 2 (core) or 3 (stretch)."),
        ("/tpm-question ²", "The bank has no topic “²”."),
        ("/tpm-question evals 1 2", "I do not know what to do with “2”."),
        ("/tpm-admin schedule zone=Europe/Pari", "Did you mean Europe/Paris"),
        ("/tpm-admin setup feedback=loud", "It can be thread, brief, private, sealed. Type it as /tpm-admin setup"),
        ("/tpm-admin pause extra", "I do not know what to do with “extra”."),
        ("/tpm-feedback agian", "Did you mean again?"),
        ("/tpm-help strek", "There is no command /strek. Did you mean /tpm-streak?"),
    ],
)  # fmt: skip
async def test_what_is_typed_wrong_is_explained(staffed: Study, line: str, hint: str) -> None:
    """What does not exist is refused with the nearest that does, or with where to find it."""
    with pytest.raises(Refusal, match=re.escape(hint)):
        await staffed.command("asha", line)


async def test_a_topic_or_level_gives_an_extra_question(staffed: Study) -> None:
    """A topic, a level or both give a question for that member alone, with its points behind a button."""
    for line, key, value in (
        ("evals", "topic", "evals"),
        ("stretch", "level", 3),
        ("2 rag-systems", "level", 2),
        ("level=1", "level", 1),
    ):
        practice = card(await staffed.command("chen", f"/tpm-question {line}"))
        assert practice.data[key] == value
    points = card(await staffed.press("chen", practice.buttons[0].action))
    assert points.plain.startswith("Did your answer say this?")
    with pytest.raises(Refusal, match="That question is no longer in the bank"):
        await staffed.press("chen", "check:none")


async def test_today_s_question_says_what_the_member_has_done(staffed: Study) -> None:
    """The question is shown with the member's own state, before the first post with when it comes."""
    assert "The first question comes" in text_of(await staffed.command("chen", "/tpm-question"))
    await staffed.advance(HOUR)
    assert "not answered yet" in text_of(await staffed.command("chen", "/tpm-question"))
    await staffed.say("chen")
    assert "answered in time" in text_of(await staffed.command("chen", "/tpm-question"))
    assert "not answered yet" in text_of(await staffed.command("ben", "/tpm-question"))


async def test_help_is_for_the_role(staffed: Study) -> None:
    """A member is told of what members can do; who runs the group hears of the verbs too."""
    member = text_of(await staffed.command("chen", "/tpm-help"))
    assert "/tpm-streak" in member
    assert "/tpm-admin" not in member
    for name in ("ben", "asha"):
        assert "/tpm-admin VERB" in text_of(await staffed.command(name, "/tpm-help"))
    assert "\n- post-now: " in text_of(await staffed.command("ben", "/tpm-help admin"))
    skip = text_of(await staffed.command("ben", "/tpm-help skip"))
    assert skip == "/tpm-admin skip [date]: post nothing on a date, by default the next one; unskip takes it back."
    assert "your streak" in text_of(await staffed.command("chen", "/tpm-help /tpm-streak"))
    with pytest.raises(Refusal, match="There is no command /tpm-admin"):
        await staffed.command("chen", "/tpm-help tpm-admin")


async def test_the_verbs_are_listed(staffed: Study) -> None:
    """The command alone names each verb."""
    text = text_of(await staffed.command("asha", "/tpm-admin"))
    assert all(verb.name in text for verb in ADMIN_VERBS)


async def test_elsewhere_a_command_acts_on_the_only_group(staffed: Study) -> None:
    """In a channel without a group, a member's command acts on their one group, and a stranger's is refused."""
    elsewhere = await staffed.command("chen", "/tpm-streak", channel="elsewhere")
    assert elsewhere == await staffed.command("chen", "/tpm-streak")
    with pytest.raises(Refusal, match="This channel has no study group yet"):
        await staffed.command("zoe", "/tpm-streak", channel="elsewhere")


async def test_elsewhere_nobody_brings_rights_along(staffed: Study) -> None:
    """Who manages another channel has no rights over the group by that; a facilitator of the group has theirs."""
    with pytest.raises(Refusal, match="Only a facilitator or an admin"):
        await staffed.command("chen", "/tpm-admin pause", channel="elsewhere", admin=True)
    assert card(await staffed.command("ben", "/tpm-admin pause", channel="elsewhere")).plain.startswith("Paused.")


async def test_with_two_groups_the_bot_asks_which(staffed: Study) -> None:
    """A member of two groups who is in neither channel is asked for the channel."""
    await staffed.command("asha", "/tpm-admin setup zone=UTC", channel="second")
    await staffed.command("chen", "/tpm-streak", channel="second")
    with pytest.raises(Refusal, match="second"):
        await staffed.command("chen", "/tpm-streak", channel="elsewhere")


async def test_only_who_manages_a_channel_starts_a_group(staffed: Study) -> None:
    """A group is started by who manages the channel, typed or by form; a wrong form comes back as it was filled."""
    with pytest.raises(Refusal, match="Only an admin"):
        await staffed.command("chen", "/tpm-admin setup zone=UTC", channel="second")
    blank = form(await staffed.command("asha", "/tpm-admin setup", channel="second"))
    assert [field.key for field in blank.fields] == ["zone", "at", "days", "window", "mode"]
    values = {field.key: field.value for field in blank.fields}
    caller = staffed.caller("asha")
    wrong = form(await staffed.do(Submission(caller, "setup", values | {"zone": "Europe/Pariss"})))
    assert wrong.errors.keys() == {"zone"}
    assert (wrong.fields[0].value, wrong.fields[1].value) == ("Europe/Pariss", values["at"])
    with pytest.raises(Refusal, match="Only an admin"):
        await staffed.do(Submission(staffed.caller("chen"), "setup", values))


async def test_setup_shows_what_stands(staffed: Study) -> None:
    """In a group that exists the setup form is filled with its settings."""
    await staffed.command("asha", "/tpm-admin schedule at=10:30 days=daily")
    standing = await staffed.command("asha", "/tpm-admin setup")
    assert isinstance(standing, Form)
    assert [field.value for field in standing.fields] == ["Europe/Paris", "10:30", "daily", "36", "thread"]


async def test_an_action_of_the_wrong_day_finds_nothing(staffed: Study) -> None:
    """A button for a day without an answer of the member's says that there is none."""
    await staffed.advance(HOUR)
    with pytest.raises(Refusal, match="There is no answer of yours"):
        await staffed.press("chen", f"feedback:{MONDAY}")
    with pytest.raises(Refusal, match="There is no answer of yours"):
        await staffed.press("chen", "again:2020-01-01")
