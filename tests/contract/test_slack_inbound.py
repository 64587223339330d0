from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.errors import Refusal
from bot.settings import read
from handlers.slack.app import SlackPlatform
from tests.contract.slack_case import ANSWER, PLACE, Case, answer_of, no_failure, running


@pytest.fixture(params=["socket", "http"])
async def case(request: pytest.FixtureRequest, valkey_url: str) -> AsyncIterator[Case]:
    async with running(valkey_url, mode=request.param) as opened:
        yield opened


async def test_a_thread_message_is_an_answer(case: Case) -> None:
    """A member's long message in the thread of the post is their answer, and gets one message of feedback there."""
    post = await case.posted()
    with no_failure(case.ben):
        await case.ben.say(case.study, ANSWER, thread=post)
        await case.settle()
    assert await answer_of(case, "U2") == ANSWER
    feedback = [each for each in case.study.replies(post.ts) if each.bot_id]
    assert len(feedback) == 1
    assert "ben" in feedback[0].shown


async def test_a_command_is_answered_privately(case: Case) -> None:
    """A command's answer is seen by the one who gave it, and by nobody else."""
    await case.posted()
    with no_failure(case.ben):
        await case.ben.command("/tpm-streak", "", case.study)
        await case.settle()
    assert any("streak" in text for text in case.whispers(case.ben))
    assert case.whispers(case.asha) == []


async def test_the_form_takes_an_answer(case: Case) -> None:
    """[Answer] opens the form; what is sent is shared in the thread under the member's name."""
    post = await case.posted()
    with no_failure(case.ben):
        await case.ben.press(post, "Answer")
        await case.settle()
        assert case.ben.view is not None
        keys = [block["block_id"] for block in case.ben.view.blocks if block["type"] == "input"]
        await case.ben.submit(None, {keys[0]: ANSWER})
        await case.settle()
    assert not case.slack.workspace.stacks["U2"]
    assert await answer_of(case, "U2") == ANSWER
    assert any("Saved." in text for text in case.whispers(case.ben))
    assert any("Answer by ben" in each.shown for each in case.study.replies(post.ts))


async def test_a_short_form_stays_open(case: Case) -> None:
    """A form that is too short stays open with the reason at its field, and its words are kept as a draft."""
    post = await case.posted()
    await case.ben.press(post, "Answer")
    await case.settle()
    assert case.ben.view is not None
    key = next(block["block_id"] for block in case.ben.view.blocks if block["type"] == "input")
    await case.ben.submit(None, {key: "too short"})
    assert case.ben.view is not None
    assert "I count 2 words" in case.ben.view.errors[key]
    assert await answer_of(case, "U2") is None


async def test_setup_in_a_channel(case: Case) -> None:
    """The channel's maker sets up the group in one modal, with the zone of their profile, and hears when it starts."""
    with no_failure(case.asha):
        await case.asha.command("/tpm-admin", "setup", case.study)
        await case.settle()
        assert case.asha.view is not None
        assert "Europe/Paris" in str(case.asha.view.body)
        await case.asha.submit(None, {"at": "10:30"})
        await case.settle()
    [card] = case.whispers(case.asha)
    assert "First question" in card
    assert "[Post now]" in card
    group_id = await case.core.ports.groups.at(PLACE)
    assert group_id is not None
    group = await case.core.ports.groups.get(group_id)
    assert group is not None
    assert (group.name, f"{group.schedule.at:%H:%M}") == ("study", "10:30")
    case.pass_time(timedelta(hours=2))
    await case.settle()
    assert len([each for each in case.study.messages.values() if each.labels]) == 1


async def test_a_renamed_command(valkey_url: str) -> None:
    """A command that is called otherwise in this workspace works by its new name, and cards name it so."""
    async with running(valkey_url, slack_commands="tpm-help=group-help,tpm-me=group-me") as case:
        await case.posted()
        with no_failure(case.ben):
            await case.ben.command("/group-help", "", case.study)
            await case.settle()
        [shown] = case.whispers(case.ben)
        assert "/group-me" in shown
        assert "/tpm-question" in shown
        assert "/tpm-me" not in shown
        with no_failure(case.asha):
            await case.slack.emit({"type": "app_home_opened", "user": "U1", "tab": "home", "channel": "D1"})
            await case.settle()
        assert "/tpm-me" not in str(case.slack.workspace.homes["U1"])


def test_a_name_that_slack_cannot_have() -> None:
    """A new name that no command can have ends the start with its variable and the fix."""
    with pytest.raises(Refusal, match=r"TPM_SLACK_COMMANDS: /Help cannot be a command; write it in lower case"):
        SlackPlatform(read(slack_bot_token="xoxb-1", slack_app_token="xapp-1", slack_commands="tpm-help=Help"))
