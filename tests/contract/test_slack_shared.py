"""Channels that several workspaces share: with another company (Slack Connect), or within one organisation."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.contract.slack_case import ANSWER, PLACE, Case, answer_of, no_failure, running
from tests.servers.slack_people import User

NEWER = f"{ANSWER} And I would stop when one answer in a thousand is wrong."


@pytest.fixture(params=["socket", "http"])
async def case(request: pytest.FixtureRequest, valkey_url: str) -> AsyncIterator[Case]:
    async with running(valkey_url, mode=request.param) as opened:
        yield opened


def guest(case: Case, *, admin: bool = False, teams: tuple[str, ...] = ()) -> User:
    """Somebody in the channel who is at home in T9."""
    case.study.members.add("U9")
    return case.slack.user("U9", name="noor", admin=admin, home="T9", teams=teams)


async def test_a_guest_answers(case: Case) -> None:
    """What somebody of another company writes, edits and deletes in the thread counts like anybody's."""
    post = await case.posted()
    noor = guest(case)
    said = await noor.say(case.study, ANSWER, thread=post)
    assert case.slack.courier.deliveries[-1].payload["team_id"] == "T9"
    await case.settle()
    assert await answer_of(case, "U9") == ANSWER
    assert any("noor" in each.shown for each in case.study.replies(post.ts) if each.bot_id)
    await noor.edit(said, NEWER)
    await case.settle()
    assert await answer_of(case, "U9") == NEWER
    await noor.delete(said)
    await case.settle()
    assert await answer_of(case, "U9") is None


async def test_a_guest_uses_the_form(case: Case) -> None:
    """A guest's presses and forms work, whichever workspace they come from."""
    post = await case.posted()
    noor = guest(case)
    with no_failure(noor):
        await noor.press(post, "Answer")
        await case.settle()
        assert noor.view is not None
        key = next(block["block_id"] for block in noor.view.blocks if block["type"] == "input")
        await noor.submit(None, {key: ANSWER})
        await case.settle()
    assert await answer_of(case, "U9") == ANSWER


async def test_a_guest_who_leaves(case: Case) -> None:
    """A guest who leaves the channel has left the group."""
    post = await case.posted()
    noor = guest(case)
    await noor.say(case.study, ANSWER, thread=post)
    await case.settle()
    await noor.leave(case.study)
    await case.settle()
    group_id = await case.core.ports.groups.at(PLACE)
    assert group_id is not None
    member = next(each for each in await case.core.ports.groups.members(group_id) if each.id == "U9")
    assert member.has_left


@pytest.mark.parametrize("creator", ["U1", "U9"])
async def test_an_admin_of_another_company(case: Case, creator: str) -> None:
    """Who administers another company's workspace, or made the channel there, administers nothing here."""
    case.study.creator = creator
    noor = guest(case, admin=True)
    await noor.command("/tpm-admin", "setup", case.study)
    await case.settle()
    assert "Only an admin" in case.whispers(noor)[-1]
    assert noor.view is None


async def test_an_admin_of_the_organisation(case: Case) -> None:
    """Who is at home elsewhere in the organisation, and in this workspace too, may administer it."""
    noor = guest(case, admin=True, teams=("T9", "T1"))
    await noor.command("/tpm-admin", "setup", case.study)
    await case.settle()
    assert noor.view is not None
