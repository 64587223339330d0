"""When Slack asks to wait, or breaks off, while one person waits for an answer."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest

from tests.contract.slack_case import Case, running
from tests.servers.slack_faults import Fault, broken, cut, rate_limited, refused, slow


@pytest.fixture(params=["socket", "http"])
async def case(request: pytest.FixtureRequest, valkey_url: str) -> AsyncIterator[Case]:
    async with running(valkey_url, mode=request.param) as opened:
        yield opened


async def test_an_answer_waits_for_slack(case: Case) -> None:
    """A private answer that Slack asks to wait with is shown when the wait is over."""
    root = await case.posted()
    case.slack.fail("chat.postEphemeral", rate_limited(0))
    await case.ben.say(case.study, "@tpm feedback", thread=root)
    await case.settle()
    assert len(case.whispers(case.ben)) == 1


@pytest.mark.parametrize("fault", [cut(), broken()])
async def test_a_private_answer_breaks_off(case: Case, fault: Fault) -> None:
    """A private answer that Slack may have lost is shown once more, for nobody would bring it again."""
    root = await case.posted()
    case.slack.fail("chat.postEphemeral", fault)
    await case.ben.say(case.study, "@tpm feedback", thread=root)
    await case.settle()
    assert len(case.whispers(case.ben)) == 1


@pytest.mark.parametrize("fault", [rate_limited(1), broken(), cut(), refused("view_too_large")])
async def test_a_form_that_slack_does_not_open(case: Case, fault: Fault) -> None:
    """Whoever asked for a form that Slack does not open is told so, and the next press opens it."""
    root = await case.posted()
    case.slack.fail("views.open", fault)
    await case.ben.press(root, "Answer")
    await case.settle()
    [told] = case.whispers(case.ben)
    assert "could not be opened" in told
    await case.ben.press(root, "Answer")
    await case.settle()
    assert case.ben.view is not None


async def test_a_window_that_slack_does_not_open(case: Case) -> None:
    """A slow command whose window Slack does not open is not given up: its giver hears of it."""
    case.slack.fail("conversations.info", slow(1.3))
    case.slack.fail("views.open", broken())
    await case.asha.command("/tpm-admin", "setup", case.study)
    await case.settle()
    assert case.asha.view is not None or case.whispers(case.asha) != []


async def test_a_window_that_slack_asks_to_wait_with(case: Case) -> None:
    """A window that waits for its form gets it when Slack, which asked to wait, takes it."""
    case.slack.fail("conversations.info", slow(1.3))
    case.slack.fail("views.update", rate_limited(1))
    await case.asha.command("/tpm-admin", "setup", case.study)
    await case.settle()
    assert case.asha.view is not None
    assert "One moment" not in case.asha.view.shown


@pytest.mark.parametrize("method", ["users.info", "views.publish"])
async def test_a_home_tab_that_slack_asks_to_wait_with(case: Case, method: str) -> None:
    """The home tab is drawn when the wait that Slack asked for is over."""
    case.slack.fail(method, rate_limited(0))
    await case.ben.open_home()
    await case.answered()
    assert case.ben.home is not None


@pytest.mark.parametrize("method", ["conversations.open", "files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_an_export_that_slack_asks_to_wait_with(case: Case, method: str) -> None:
    """A file that somebody asked for comes once when the wait is over, and its card does not come again."""
    await case.posted()
    case.slack.fail(method, rate_limited(0))
    await case.ben.command("/tpm-me", "export", case.study)
    await case.settle()
    assert len(case.whispers(case.ben)) == 1
    assert len([each for each in case.ben.direct.messages.values() if each.files]) == 1


async def test_slack_holds_events_back(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    """That Slack holds back events is acknowledged, and the operator reads of it."""
    payload = {"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1795593600, "api_app_id": "ATPM"}
    with caplog.at_level(logging.ERROR):
        delivery = case.slack.courier.event(payload)
        await delivery.first_try.wait()
    assert delivery.accepted
    assert [record.message for record in caplog.records] == [
        "Slack holds back events: more than 30,000 came in an hour"
    ]


async def test_a_dead_response_url(case: Case) -> None:
    """An answer that comes after its address died is shown in the channel, to its member alone."""
    await case.posted()
    for _ in range(6):
        case.slack.hub.response_urls.clear()
        delivery = case.ben.command("/tpm-streak", "", case.study)
        await delivery
    await case.settle()
    assert len(case.whispers(case.ben)) == 6
    assert case.whispers(case.asha) == []
