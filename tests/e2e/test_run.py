from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.group import GroupId
from bot.infra.redis.store import open_store
from bot.ports import Job
from tests.e2e.crash_scene import Server, until
from tests.e2e.program import run
from tests.e2e.run_scene import ANSWER, Running, running
from tests.servers.anthropic import AnthropicServer, Reply

KEY = "sk-ant-of-the-test"
SECRET = 'correct horse "battery" staple'


@pytest.fixture
async def model() -> AsyncIterator[AnthropicServer]:
    async with AnthropicServer(key=KEY).running() as server:
        yield server


def settings(model: AnthropicServer, **more: str) -> dict[str, str]:
    return {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": model.url, **more}


async def asked(model: AnthropicServer, before: int) -> None:
    await until(lambda: len(model.requests) > before, within_s=60.0)


def test_nothing_set_up_is_explained(tmp_path: Path) -> None:
    """Without any platform `tpm-bot run` ends with 2 and one sentence that names the variables to set."""
    outcome = run(tmp_path, "run")
    assert outcome.code == 2
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "TPM_HTTP_PORT", "tpm-bot try"):
        assert name in outcome.errors
    assert "Traceback" not in outcome.errors


async def test_a_stop_lets_a_running_review_end(tmp_path: Path, model: AnthropicServer) -> None:
    """After SIGTERM nothing more is let in, the review that runs is finished and shown, and the program ends with 0."""
    async with running(tmp_path, env=settings(model)) as bot:
        await bot.turns(200)
        post = await bot.begin()
        model.script(Reply(delay_s=6.0))
        before = len(model.requests)
        await bot.answer(post)
        await asked(model, before)
        bot.process.send_signal(signal.SIGTERM)
        await bot.turns(503)
        assert (await bot.get("/healthz"))[0] == 200
        assert (await bot.checks())[1] == {"redis": True, "small": True, "running": False}
        assert (await bot.event(do="command", who="asha", name="tpm-help", text=""))[0] == 503
        assert bot.feedback() == []
        code, took_s = await bot.ended()
        assert code == 0
        assert took_s < 20.0
        assert len(bot.feedback()) == 1
        done = [line.did for line in bot.record.lines("stopped", "sent", "closed")]
        assert done[-3:] == ["stopped", "sent", "closed"]
        assert bot.logged()[-1]["event"] == "stopped"


async def test_a_second_signal_ends_it_at_once(tmp_path: Path, model: AnthropicServer) -> None:
    """A second signal drops the review that runs, which stays owed, and the next start gives it once."""
    async with AsyncExitStack() as stack:
        url = await Server(tmp_path / "server", stack).start()
        env = settings(model, TPM_REDIS_URL=url)
        async with running(tmp_path, env=env) as bot:
            await bot.turns(200)
            post = await bot.begin()
            model.script(Reply(delay_s=60.0))
            before = len(model.requests)
            await bot.answer(post)
            await asked(model, before)
            bot.process.send_signal(signal.SIGINT)
            await bot.turns(503)
            bot.process.send_signal(signal.SIGINT)
            code, took_s = await bot.ended()
            assert (code, bot.feedback()) == (130, [])
            assert bot.logged()[-1]["event"] == "stopping at once"
            assert took_s < 3.0
        job = Job("review", await only_group(url), post.what.removeprefix("post:") + "|ben")
        async with open_store(url, daily_usd=1.0, member_daily_usd=1.0) as store:
            assert await store.jobs.owed(job) is not None
            await store.jobs.add(job, await store.client.time())
        async with running(tmp_path, env=env) as bot:
            await until(lambda: len(bot.feedback()) == 1, within_s=60.0)


async def only_group(url: str) -> GroupId:
    async with open_store(url, daily_usd=1.0, member_daily_usd=1.0) as store:
        (group_id,) = [group_id async for group_id in store.groups.all_ids()]
        return group_id


async def test_a_redis_that_goes_is_seen(tmp_path: Path) -> None:
    """While Redis is gone `/readyz` is red, `/healthz` and `/metrics` answer, and all is well once it is back."""
    async with AsyncExitStack() as stack:
        server = Server(tmp_path / "server", stack)
        async with running(tmp_path, env={"TPM_REDIS_URL": await server.start()}) as bot:
            await bot.turns(200)
            await server.kill()
            assert await bot.checks() == (503, {"redis": False, "small": True})
            assert "Redis cannot be reached" in (await bot.get("/readyz"))[1]
            assert (await bot.get("/healthz"))[0] == 200
            assert (await bot.measured())["tpm_ready", "redis"] == 0
            assert (await bot.event(do="command", who="asha", name="tpm-help", text=""))[0] == 503
            await server.start()
            await bot.turns(200)
            assert (await bot.measured())["tpm_ready", "redis"] == 1
            bot.process.terminate()
            assert (await bot.ended())[0] == 0


async def test_a_redis_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    """Health is served before Redis is reached, nothing is let in meanwhile, and a signal ends the waiting at once."""
    async with running(tmp_path, env={"TPM_REDIS_URL": f"unix://{tmp_path}/nobody"}) as bot:
        assert (await bot.get("/healthz"))[0] == 200
        assert await bot.checks() == (503, {"redis": False, "small": False})
        assert (await bot.measured())["tpm_ready", "small"] == 0
        assert (await bot.event(do="command", who="asha", name="tpm-help", text=""))[0] == 503
        bot.process.terminate()
        assert (await bot.ended())[1] < 3.0


AT_REST = ("tpm_jobs_running", "tpm_agenda_lag_seconds")
"""Gauges that are 0 when all work is done."""


async def test_the_metrics_tell_what_happened(tmp_path: Path, model: AnthropicServer) -> None:
    """Events, jobs, reviews, cost, what was said, and how the agenda stands are counted, without any id in a label."""
    async with AsyncExitStack() as stack:
        url = await Server(tmp_path / "server", stack).start()
        async with running(tmp_path, env=settings(model, TPM_REDIS_URL=url)) as bot:
            await bot.turns(200)
            await bot.answer(await bot.begin())
            await until(lambda: len(bot.feedback()) == 1, within_s=60.0)
            found = await bot.measured()
            async with asyncio.timeout(20):  # other work than the review may still be due for a moment
                while ("tpm_jobs_total", "review", "done") not in found or any(found[name,] for name in AT_REST):
                    await asyncio.sleep(0.05)
                    found = await bot.measured()
            assert found["tpm_jobs_total", "review", "done"] == found["tpm_job_seconds_count", "review"] == 1
            assert found["tpm_reviews_total", "schema"] == 1
            assert 0 < found["tpm_model_cost_usd_total",] < 0.1
            assert found["tpm_chat_calls_total", "send", "done", "small"] == 2
            assert found["tpm_events_total", "said", "taken", "small"] == 1
            assert found["tpm_ack_seconds_count", "command", "small"] == 2
            assert found["tpm_jobs_dead",] == 0
            page = (await bot.get("/metrics"))[1]
            assert [word for word in ("ben", "asha", "room", await only_group(url)) if f'"{word}"' in page] == []


async def test_work_that_nobody_takes_shows_as_lag(tmp_path: Path, model: AnthropicServer) -> None:
    """Work that is due and that nobody takes, here since the program is stopping, shows in `/metrics` as lag."""
    async with AsyncExitStack() as stack:
        url = await Server(tmp_path / "server", stack).start()
        store = await stack.enter_async_context(open_store(url, daily_usd=1.0, member_daily_usd=1.0))
        async with running(tmp_path, env=settings(model, TPM_REDIS_URL=url)) as bot:
            await bot.turns(200)
            post = await bot.begin()
            model.script(Reply(delay_s=25.0))
            before = len(model.requests)
            await bot.answer(post)
            await asked(model, before)
            bot.process.terminate()
            await bot.turns(503)
            now = await store.client.time()
            await store.jobs.add(Job("remind", await only_group(url), "2026-01-01|ben"), now - timedelta(seconds=40))
            found = await bot.measured()
            assert 40 <= found["tpm_agenda_lag_seconds",] < 60
            assert found["tpm_jobs_running",] == 1


@pytest.mark.parametrize("away", [1, 2])
async def test_a_platform_that_is_away_is_tried_again(tmp_path: Path, away: int) -> None:
    """A platform that cannot be reached at the start is tried again by itself; until then the program is not ready."""
    async with running(tmp_path, "--away", str(away)) as bot:
        await until(lambda: bot.errors.count("small cannot be reached") == 1)
        assert (await bot.checks())[1] == {"redis": True, "small": False}
        assert (await bot.event(do="command", who="asha", name="tpm-help", text=""))[0] == 503
        await bot.turns(200)
        assert bot.errors.count("small cannot be reached") == away


async def test_a_platform_that_an_operator_must_mend_ends_the_program(tmp_path: Path) -> None:
    """A token that is refused ends the program with 1 and the platform's own sentence, in good order."""
    async with running(tmp_path, "--refused", "SLACK_BOT_TOKEN is not valid.", serves=False) as bot:
        assert (await bot.ended())[0] == 1
        assert bot.errors.splitlines()[-1] == "SLACK_BOT_TOKEN is not valid."
        assert "Traceback" not in bot.errors
        assert [line.did for line in bot.record.lines()] == ["stopped", "closed"]


async def test_a_platform_that_will_not_end_is_left(tmp_path: Path) -> None:
    """A platform that hangs at the end is given up after seconds, so that the program ends within its 30 s."""
    async with running(tmp_path, "--hangs") as bot:
        await bot.turns(200)
        bot.process.terminate()
        code, took_s = await bot.ended()
        assert code == 0
        assert took_s < 6.0
        assert "stop_intake failed" in bot.errors
        assert "close failed" in bot.errors


async def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    """A port that somebody else holds ends the program with 1 and the settings to change."""
    held = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    async with held:
        port = held.sockets[0].getsockname()[1]
        async with running(tmp_path, env={"TPM_HTTP_PORT": str(port)}, serves=False) as bot:
            assert (await bot.ended())[0] == 1
            assert f"127.0.0.1:{port} cannot be served" in bot.errors
            assert "TPM_HTTP_PORT" in bot.errors


async def test_without_a_port_nothing_is_served(tmp_path: Path) -> None:
    """Unless a port is set, no page is served, and the program runs all the same."""
    async with running(tmp_path, env={"TPM_HTTP_PORT": ""}, serves=False) as bot:
        await until(lambda: '"connected"' in bot.errors)
        assert "serving" not in bot.errors
        bot.process.terminate()
        assert (await bot.ended())[0] == 0


async def test_no_secret_and_no_word_of_a_member_is_logged(tmp_path: Path, model: AnthropicServer) -> None:
    """At DEBUG, through failing reviews, a crash and a lost Redis, each log line is JSON without secrets or answers."""
    async with AsyncExitStack() as stack:
        server = Server(tmp_path / "server", stack)
        url = (await server.start()).replace("unix://", "unix://default:hunter2-in-the-url@")
        secrets = {"TPM_REDIS_URL": url, "TPM_SECRET_KEY": SECRET, "SLACK_APP_TOKEN": "xapp-1-secret-of-the-app"}
        secrets |= {"SLACK_BOT_TOKEN": "xoxb-secret-of-the-bot", "SLACK_SIGNING_SECRET": "0123456789abcdef"}
        async with running(tmp_path, env=settings(model, TPM_LOG_LEVEL="DEBUG", **secrets)) as bot:
            await provoke(bot, model, server)
            bot.process.terminate()
            await bot.ended()
            lines = bot.logged()
            told = ("serving", "connected", "review of group", "Error handling", "the heartbeat found no", "stopped")
            assert [words for words in told if not any(words in line["event"] for line in lines)] == []
            values = [SECRET, "battery", "hunter2", KEY, *secrets.values(), *ANSWER.split(". ")]
            assert [value for value in values if value in bot.errors] == []


async def provoke(bot: Running, model: AnthropicServer, server: Server) -> None:
    """Everything that makes the program log."""
    await bot.turns(200)
    post = await bot.begin()
    model.script(*[Reply(status=401, error=KEY)] * 2, *[Reply(text=f'"{ANSWER}"')] * 8)
    for who in ("ben", "chandra"):
        await bot.answer(post, who=who)
    await until(lambda: len(bot.feedback()) == 2, within_s=60.0)
    assert (await bot.event(do="nonsense", who="ben", text=ANSWER, more=SECRET))[0] == 500
    await server.kill()
    await until(lambda: "the heartbeat found no storage" in bot.errors)
    await server.start()
    await bot.turns(200)
