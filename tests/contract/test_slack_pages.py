"""Commands, buttons, shortcuts, the home tab and who may do what."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from bot.domain.group import Place
from tests.contract.slack_case import ANSWER, PLACE, Case, answer_of, eventually, no_failure, running
from tests.servers.slack_faults import slow
from tests.servers.slack_people import User
from tests.servers.slack_world import Kind, Message

SHORT = "I would measure the time to a safe answer."


@pytest.fixture
async def case(valkey_url: str) -> AsyncIterator[Case]:
    async with running(valkey_url, mode="http") as opened:
        yield opened


def newcomer(case: Case) -> User:
    """Somebody in the channel whose name the bot has not asked for."""
    case.study.members.add("U3")
    return case.slack.user("U3", name="carol")


# forms


async def test_a_form_that_takes_long(case: Case) -> None:
    """A form that cannot be made within a second opens as a window that says so, and then becomes the form."""
    await case.posted()
    carol = newcomer(case)
    case.slack.fail("users.info", slow(1.6))
    with no_failure(carol):
        await carol.command("/tpm-answer", "", case.study)
        await case.settle()
    opened = case.slack.calls_of("views.open")[-1]
    assert "One moment" in json.dumps(opened.arguments["view"])
    assert carol.view is not None
    assert carol.view.title == "Your answer"


async def test_a_window_closed_early(case: Case) -> None:
    """A window that is closed before its form is ready is no error and is not opened again."""
    await case.posted()
    carol = newcomer(case)
    case.slack.fail("users.info", slow(1.6))
    await carol.command("/tpm-answer", "", case.study)
    await eventually(lambda: carol.view is not None)
    await carol.close()
    await case.settle()
    assert case.slack.calls_of("views.update")[-1].error == "not_found"
    assert carol.view is None
    assert case.whispers(carol) == []


async def test_a_draft_is_kept(case: Case) -> None:
    """What was typed into a form that was too short stands in it when it is opened again."""
    post = await case.posted()
    await case.ben.press(post, "Answer")
    await case.settle()
    assert case.ben.view is not None
    key = next(block["block_id"] for block in case.ben.view.blocks if block["type"] == "input")
    await case.ben.submit(None, {key: SHORT})
    await case.ben.close()
    await case.ben.command("/tpm-answer", "", case.study)
    await case.settle()
    assert SHORT in json.dumps(case.ben.view.body)


# who, and where


async def test_only_who_runs_the_channel_sets_up(case: Case) -> None:
    """Setup is for the channel's maker and the workspace's admins."""
    await case.ben.command("/tpm-admin", "setup", case.study)
    await case.settle()
    assert "Only an admin" in case.whispers(case.ben)[-1]
    carol = newcomer(case)
    carol.person.is_admin = True
    for somebody in (case.asha, carol):
        await somebody.command("/tpm-admin", "setup", case.study)
        await case.settle()
        assert somebody.view is not None


async def test_a_form_of_somebody_without_the_right(case: Case) -> None:
    """Who lost the right while the setup form was open is refused when it is sent."""
    case.asha.person.is_admin = True
    case.study.creator = "U9"
    await case.asha.command("/tpm-admin", "setup", case.study)
    await case.settle()
    view = case.asha.view
    assert view is not None
    case.slack.workspace.views[view.id].user = "U2"
    case.slack.workspace.stacks["U2"] = case.slack.workspace.stacks.pop("U1")
    await case.ben.submit(view, {})
    await case.settle()
    assert "Only an admin" in view.shown
    assert await case.core.ports.groups.at(PLACE) is None


async def test_rights_are_asked_for_where_they_matter(case: Case) -> None:
    """What a member may do is looked up for admin commands alone, and believed for five minutes."""
    await case.posted()
    await case.asha.command("/tpm-streak", "", case.study)
    await case.settle()
    assert case.slack.calls_of("conversations.info") == []
    for _ in range(3):
        await case.asha.command("/tpm-admin", "members", case.study)
        await case.settle()
    assert len(case.slack.calls_of("conversations.info")) == 1


async def test_setup_where_the_bot_is_not(case: Case) -> None:
    """Setup in a channel without the bot asks for an invitation and creates nothing."""
    other = case.slack.channel("C2", case.asha, name="elsewhere", bot=False)
    with no_failure(case.asha):
        await case.asha.command("/tpm-admin", "setup", other)
        await case.settle()
    assert "/invite" in case.asha.whispers(other)[-1].shown
    assert await case.core.ports.groups.at(Place("slack", "T1", "C2")) is None
    await case.asha.invite(other)
    await case.asha.command("/tpm-admin", "setup", other)
    await case.settle()
    assert case.asha.view is not None


async def test_a_command_in_another_channel(case: Case) -> None:
    """Elsewhere a command acts on the member's only group; who is in several is asked which one."""
    post = await case.posted()
    await case.ben.say(case.study, ANSWER, thread=post)
    await case.settle()
    other = case.slack.channel("C2", case.ben, name="elsewhere", bot=False)
    await case.ben.command("/tpm-streak", "", other)
    await case.settle()
    assert "Your streak: 1 question" in case.ben.whispers(other)[-1].shown


async def test_a_private_channel(case: Case) -> None:
    """A group lives in a private channel as in a public one."""
    secret = case.slack.channel("C3", case.asha, case.ben, name="secret", kind=Kind.PRIVATE)
    with no_failure(case.asha, case.ben):
        await case.asha.command("/tpm-admin", "setup", secret)
        await case.settle()
        await case.asha.submit(None, {})
        await case.settle()
        await case.asha.press(case.asha.whispers(secret)[-1], "Post now")
        await case.settle()
        post: Message = next(iter(secret.messages.values()))
        await case.ben.say(secret, ANSWER, thread=post)
        await case.settle()
    group_id = await case.core.ports.groups.at(Place("slack", "T1", "C3"))
    assert group_id is not None
    group = await case.core.ports.groups.get(group_id)
    assert group is not None
    assert group.name == "secret"
    assert len(secret.replies(post.ts)) == 2


async def test_an_export_goes_to_one_person(case: Case) -> None:
    """The file of an export reaches its member directly, and nobody sees it in the channel."""
    await case.posted()
    await case.ben.command("/tpm-me", "export", case.study)
    await case.settle()
    [file] = [file for each in case.ben.direct.messages.values() for file in each.files]
    assert file.content is not None
    assert json.loads(file.content)["member"] == "ben"


# home


async def test_home_before_a_group(case: Case) -> None:
    """Who is in no group reads on their home tab how to begin."""
    await case.ben.open_home()
    await case.settle()
    assert case.ben.home is not None
    assert "No study group yet" in case.ben.home.shown


async def test_home(case: Case) -> None:
    """The home tab shows one's streak, sections and settings, with buttons for one's data."""
    post = await case.posted()
    await case.ben.say(case.study, ANSWER, thread=post)
    await case.settle()
    with no_failure(case.ben):
        await case.ben.open_home()
        await case.settle()
    assert case.ben.home is not None
    for words in ("Study group study", "Your streak: 1 question", "Your sections", "Your settings"):
        assert words in case.ben.home.shown
    assert {"Export my data", "Forget me"} <= set(case.ben.home.labels)


async def test_forget_me_from_home(case: Case) -> None:
    """[Forget me] on the home tab asks first, in a window, and then erases."""
    post = await case.posted()
    await case.ben.say(case.study, ANSWER, thread=post)
    await case.settle()
    await case.ben.open_home()
    await case.settle()
    with no_failure(case.ben):
        await case.ben.press(case.ben.home, "Forget me")
        await case.settle()
        assert case.ben.view is not None
        await case.ben.press(case.ben.view, "Yes, forget me")
        await case.settle()
    assert "Erased" in case.ben.view.shown
    assert await answer_of(case, "U2") is None
    assert "No study group yet" in case.ben.home.shown if case.ben.home else False


async def test_home_of_two_groups(case: Case) -> None:
    """A button on the home tab acts on the group that it stands under, also for a member of two."""
    await case.posted()
    other = case.slack.channel("C2", case.asha, case.ben, name="evening")
    await case.asha.command("/tpm-admin", "setup", other)
    await case.settle()
    await case.asha.submit(None, {})
    await case.settle()
    for channel in (case.study, other):
        await case.ben.command("/tpm-streak", "", channel)
    await case.settle()
    await case.ben.command("/tpm-streak", "", case.slack.channel("C9", case.ben, bot=False))
    await case.settle()
    assert "several study groups" in case.ben.whispers("C9")[-1].shown
    await case.ben.open_home()
    await case.settle()
    assert case.ben.home is not None
    assert case.ben.home.shown.index("evening") < case.ben.home.shown.index("Study group study")
    await case.ben.press(case.ben.home, "Export my data")
    await case.settle()
    [file] = [file for each in case.ben.direct.messages.values() for file in each.files]
    assert file.content is not None
    assert json.loads(file.content)["group"] == "evening"
