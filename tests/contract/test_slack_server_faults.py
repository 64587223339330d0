from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession
from slack_sdk.errors import SlackApiError

from tests.contract.slack_bench import Bench, bench
from tests.servers import slack_faults as faults
from tests.servers.slack_faults import Fault


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):  # slack.md 4.9
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def on() -> AsyncIterator[Bench]:
    async with bench() as opened:
        yield opened


FAULTS = {
    "rate limited": (faults.rate_limited(7), False),
    "refused": (faults.refused("is_archived"), False),
    "500 before": (faults.broken(500), False),
    "500 after": (faults.broken(503, commits=True), True),
    "reset before": (faults.cut(), False),
    "reset after": (faults.cut(commits=True), True),
    "silence after": (faults.silent(commits=True), True),
}


@pytest.mark.parametrize(("fault", "stands"), FAULTS.values(), ids=FAULTS.keys())
async def test_a_fault_happens_once_as_told(on: Bench, fault: Fault, stands: bool) -> None:
    """The next call goes wrong, having taken effect or not; the one after it works."""
    on.slack.fail("chat.postMessage", fault)
    with pytest.raises((SlackApiError, ClientError, TimeoutError)):
        await on.client.chat_postMessage(channel="C1", text="a")
    assert len(on.study.messages) == stands
    await on.client.chat_postMessage(channel="C1", text="a")
    assert len(on.slack.calls_of("chat.postMessage")) == 2


async def test_a_rate_limit_says_how_long(on: Bench) -> None:
    """429 comes with Retry-After."""
    on.slack.fail("chat.postMessage", faults.rate_limited(7))
    with pytest.raises(SlackApiError) as caught:
        await on.client.chat_postMessage(channel="C1", text="a")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "7")


async def test_an_outage_ends_by_itself(on: Bench) -> None:
    """While Slack is down nothing works, and afterwards everything does."""
    task = on.slack.outage_for(0.1)
    await asyncio.sleep(0)
    with pytest.raises(ClientError):
        await on.client.auth_test()
    await task
    assert (await on.client.auth_test())["user_id"] == on.slack.workspace.bot_user


async def test_the_server_runs_as_a_program() -> None:
    """Started by name, it prints its address, lets people act, and shows its state."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.servers.slack", "--port", "0"),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    try:
        assert process.stdout is not None
        url = (await process.stdout.readline()).decode().strip()
        async with ClientSession() as session:
            act = {"as": "U2", "do": "say", "with": {"channel": "C1", "text": "hi @asha"}}
            async with session.post(f"{url}/test/act", json=act) as answer:
                ts = (await answer.json())["ts"]
            async with session.get(f"{url}/test/state") as answer:
                state = await answer.json()
    finally:
        process.terminate()
        await process.communicate()
    [message] = state["teams"]["T1"]["channels"]["C1"]["messages"]
    assert (message["ts"], message["text"], message["pings"]) == (ts, "hi <@U1>", ["<@U1>"])
