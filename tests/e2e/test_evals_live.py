from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evals.batches import Batches, Wanted
from evals.replies import Page, opaque
from tests.e2e.program import environment
from tests.golden_answers import FOLDER
from tests.house.programs import tool
from tests.servers.anthropic import AnthropicServer, Body, Recorded, Reply
from tests.servers.anthropic_batches import BatchServer
from tests.servers.honest_reader import honest_reply

KEY = "sk-made-up-for-this-test"
SMALL = ("--only", "M1", "--only", "M3", "--each", "2")
READINGS = 3 + 2 + 2 * 2
"""Golden answers, deletions, and attacks with their twins."""


class Ended:
    """How a run of `tpm-bot eval` ended."""

    def __init__(self, code: int, printed: bytes, errors: bytes) -> None:
        self.code, self.printed, self.errors = code, printed.decode(), errors.decode()


async def evaluated(folder: Path, *arguments: str, url: str = "", golden: Path = FOLDER) -> Ended:
    """Run `tpm-bot eval` in `folder`, with its replies there."""
    env = environment({"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": KEY} if url else None)
    process = await asyncio.create_subprocess_exec(
        tool("tpm-bot"), "eval", "--golden", str(golden), "--replies", str(folder / "replies"), *arguments,
        cwd=folder, env=env, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(90):
            printed, errors = await process.communicate()
    except (asyncio.CancelledError, TimeoutError):
        process.kill()
        await process.communicate()
        raise
    assert process.returncode is not None
    return Ended(process.returncode, printed, errors)


async def live(folder: Path, server: AnthropicServer, *arguments: str) -> Ended:
    return await evaluated(folder, "--mode", "live", "--yes", *SMALL, *arguments, url=server.url)


async def test_a_live_run_is_read_again_without_a_model(tmp_path: Path) -> None:
    """A live run stores each reply, and a replay of them comes to the same figures without any model."""
    async with AnthropicServer(key=KEY).running() as server:
        ended = await live(tmp_path, server, "--json", "live.json", "--report", "live.md", "--note", "simulated model")
        assert len(server.requests) == READINGS
    assert ended.code == 1, ended.errors  # the honest reader is no expert: it misses targets
    assert f"{READINGS} readings to make, 0 stored; expected cost $" in ended.errors
    again = await evaluated(tmp_path, "--mode", "replay", "--json", "replay.json")
    assert again.code == 1, again.errors
    first, second = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("live", "replay"))
    assert first["reviewers"][0]["metrics"] == second["reviewers"][0]["metrics"]
    assert first["reviewers"][0]["bands"] == second["reviewers"][0]["bands"]


async def test_the_report_says_what_was_measured(tmp_path: Path) -> None:
    """The report names model, SDK, prompt and note, has every figure, and every failing case in full."""
    async with AnthropicServer().running() as server:
        await live(tmp_path, server, "--json", "r.json", "--report", "r.md", "--note", "simulated model")
    text, data = (tmp_path / "r.md").read_text(), json.loads((tmp_path / "r.json").read_text())
    for said in ("**simulated model**", "`claude-sonnet-5-5`", "anthropic 2.", "version", "AI helpers, not people"):
        assert said in text
    (ours,) = data["reviewers"]
    figures = {metric["key"]: metric for metric in ours["metrics"]}
    assert figures["kappa"]["verdict"] == "FAIL"
    assert figures["M2"]["verdict"] == "not measured"
    assert figures["cost"]["value"] > 0
    assert data["prompt_hash"] in text
    failing = {failure["case"]: failure for failure in ours["failures"]}
    assert failing
    for name, failure in failing.items():
        assert f"#### {name}: " in text
        assert failure["text"] in text
        assert failure["review"]["model"] == "claude-sonnet-5-5"


async def test_nothing_tells_the_model_what_a_case_is(tmp_path: Path) -> None:
    """A request holds no id of a golden answer, no family, no band and no label."""
    async with AnthropicServer().running() as server:
        await live(tmp_path, server)
        sent = [json.dumps(recorded.body) for recorded in server.requests]
    for text in sent:
        for word in ("t01", "t02", "t03", "M1", "M3", "benign", "middling"):
            assert f'"{word}' not in text
            assert f"{word}." not in text
    assert len({json.loads(text)["metadata"]["user_id"] for text in sent}) == READINGS


async def test_an_interrupted_run_goes_on(tmp_path: Path) -> None:
    """A run that was killed is gone on with: nothing that was stored is asked for again."""
    async with AnthropicServer().running() as server:
        server.script(*[Reply()] * 4, *[Reply(delay_s=30)] * 10)
        run = asyncio.create_task(live(tmp_path, server, "--at-once", "1"))
        await server.asked(5, within_s=60)
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)
        stored = list((tmp_path / "replies").rglob("*.json"))
        assert len(stored) == 4
    async with AnthropicServer().running() as server:
        ended = await live(tmp_path, server)
        assert len(server.requests) == READINGS - 4
        assert f"{READINGS - 4} readings to make, 4 stored" in ended.errors
    assert "9 of 9" not in ended.errors
    assert "100.0 %" in ended.printed


async def test_a_server_that_is_gone_ends_the_run(tmp_path: Path) -> None:
    """When no reply comes any more the run ends with 1, and says how to go on."""
    async with AnthropicServer().running() as server:
        server.script(*[Reply(status=500)] * 50)
        ended = await live(tmp_path, server)
    assert ended.code == 1
    assert "run the same command again to go on" in ended.errors


async def test_a_cost_is_agreed_to(tmp_path: Path) -> None:
    """Without somebody to ask, a live run needs --yes, and makes no call before it."""
    async with AnthropicServer().running() as server:
        ended = await evaluated(tmp_path, "--mode", "live", *SMALL, url=server.url)
        assert server.requests == []
    assert ended.code == 1
    assert "add --yes" in ended.errors


async def test_a_live_run_needs_a_model(tmp_path: Path) -> None:
    """Without a key and without a server, a live run says what to set."""
    ended = await evaluated(tmp_path, "--mode", "live", "--yes")
    assert ended.code == 1
    assert "ANTHROPIC_API_KEY" in ended.errors


def changed_answer(folder: Path) -> None:
    path = folder / "golden" / "t02.md"
    path.write_text(path.read_text().replace("Budget 50k", "Budget of 50k"))


def changed_prompt(folder: Path) -> None:
    (only,) = (folder / "replies").iterdir()
    only.rename(only.with_name("0123456789abcdef"))


@pytest.mark.parametrize(
    ("change", "said"),
    [(changed_answer, "of ours are stale"), (changed_prompt, "stale: the stored replies are to 0123456789abcdef")],
)
async def test_a_stale_reply_fails(tmp_path: Path, change: Callable[[Path], None], said: str) -> None:
    """A replay ends with 1 when the prompt's hash or what was asked is no longer that of the stored replies."""
    golden = tmp_path / "golden"
    shutil.copytree(FOLDER, golden)
    async with AnthropicServer().running() as server:
        await evaluated(tmp_path, "--mode", "live", "--yes", *SMALL, url=server.url, golden=golden)
    change(tmp_path)
    ended = await evaluated(tmp_path, "--mode", "replay", golden=golden)
    assert ended.code == 1
    assert said in ended.errors


async def test_a_replay_of_nothing_fails(tmp_path: Path) -> None:
    """A replay without any stored reply ends with 1."""
    ended = await evaluated(tmp_path, "--mode", "replay")
    assert ended.code == 1
    assert "no replies are stored" in ended.errors


async def test_reviewers_stand_side_by_side(tmp_path: Path) -> None:
    """Ablations are read on the same answers: without notes, without facts, bands at once, and the middle of three."""
    names = ("ours", "no-notes", "no-facts", "median3", "direct")
    arguments = [word for name in names for word in ("--reviewer", name)]
    async with AnthropicServer(brain=both).running() as server:
        ended = await live(tmp_path, server, *arguments, "--json", "r.json", "--report", "r.md")
        bodies = [recorded.body for recorded in server.requests]
    assert [each["reviewer"] for each in json.loads((tmp_path / "r.json").read_text())["reviewers"]] == list(names)
    # median3 shares its first reading with ours, so five reviewers make six readings of a case
    assert len(bodies) == 6 * READINGS, ended.errors
    assert sum("None." in body["messages"][0]["content"] for body in bodies) == READINGS
    assert sum("Look-for `s1-1`" in body["system"][1]["text"] for body in bodies) == READINGS
    assert sum("score one answer" in body["system"][0]["text"] for body in bodies) == READINGS
    assert "## Reviewers side by side" in (tmp_path / "r.md").read_text()


async def test_a_vote_that_is_not_whole_is_left_out(tmp_path: Path) -> None:
    """Of four stored readings the middle of three is one vote; the fourth is no stale second one."""
    async with AnthropicServer().running() as server:
        await evaluated(tmp_path, "--mode", "live", "--yes", "--only", "golden", "--runs", "4", url=server.url)
    ended = await evaluated(tmp_path, "--mode", "replay", "--reviewer", "median3", "--json", "r.json")
    assert "stale" not in ended.errors
    (median,) = json.loads((tmp_path / "r.json").read_text())["reviewers"]
    assert "3 golden answers, 1 runs at most" in ended.printed
    assert median["reviewer"] == "median3"


def both(body: Body) -> str:
    """The honest reader, and bands of 2 where bands are asked for."""
    if "score one answer" not in body["system"][0]["text"]:
        return honest_reply(body)
    return json.dumps({"sections": [{"key": f"s{number}", "reason": "As ever.", "band": 2} for number in range(1, 7)]})


async def test_the_offline_proof_holds(tmp_path: Path) -> None:
    """The offline mode needs no model, catches each bad grader by name and ends with 0."""
    ended = await evaluated(tmp_path)
    assert ended.code == 0, ended.errors
    assert [line.split(" (")[0] for line in ended.printed.splitlines()] == [
        "sane: passes",
        "length: caught by M2",
        "injection: caught by M3",
        "section: caught by M1",
        "quote: caught by quotes",
    ]


async def test_a_faulty_golden_file_is_named(tmp_path: Path) -> None:
    """A fault in a golden file ends the run with 1, with file, line and rule."""
    (tmp_path / "t01.md").write_text((FOLDER / "t01.md").read_text().replace("sentence: 6", "sentence: 60"))
    ended = await evaluated(tmp_path, golden=tmp_path)
    assert ended.code == 1
    assert "t01.md:15: planted.0.sentence: 60 is not a sentence of the answer (1 to 8)" in ended.errors


@pytest.mark.parametrize("arguments", [("--only", "M99"), ("--reviewer", "oracle"), ("--mode", "guess")])
async def test_an_unknown_name_is_a_usage_error(tmp_path: Path, arguments: tuple[str, str]) -> None:
    """What does not exist ends with 2 and a list of what does."""
    ended = await evaluated(tmp_path, *arguments)
    assert ended.code == 2
    assert arguments[1] in ended.errors


async def test_without_batches_calls_are_made_one_by_one(tmp_path: Path) -> None:
    """A server without batches is said to have none, and every reading is made all the same."""
    async with AnthropicServer().running() as server:
        ended = await live(tmp_path, server, "--batch")
        assert len(server.requests) == READINGS
    assert "Batches cannot be used (the server has none)" in ended.errors


def wanted(folder: Path, requests: list[Recorded]) -> dict[str, Wanted]:
    found = {}
    for recorded in requests:
        body: dict[str, Any] = {name: value for name, value in recorded.body.items() if name != "stream"}
        case = opaque(body["metadata"]["user_id"])
        each = Wanted(body, Page.load(folder / f"{case}.0.json", case, 0))
        found[each.name] = each
    return found


async def test_a_batch_fills_the_shelf(tmp_path: Path) -> None:
    """A batch stores each reply at half the price; a request that came to nothing is told and left for single calls."""
    from anthropic import AsyncAnthropic

    async with AnthropicServer().running() as server:
        await live(tmp_path, server)
        asked = wanted(tmp_path, server.requests)
    lost = min(asked)
    stored: list[int] = []
    async with (
        BatchServer().running() as batches,
        AsyncAnthropic(api_key=KEY, base_url=batches.url, max_retries=0) as client,
    ):
        batches.expired.add(lost)
        run = Batches(client=client, state=tmp_path / "batch.json", told=stored.append, poll_s=0.01)
        note = await run.fill(asked)
        assert [len(requests) for requests in batches.batches.values()] == [READINGS, 1]
    assert note == f"1 of {READINGS} requests came to nothing in the batch."
    assert sum(stored) == READINGS - 1
    assert not (tmp_path / "batch.json").exists()
    pages = [Page.load(each.page.path, each.page.case, 0) for name, each in asked.items() if name != lost]
    replies = [reply for page in pages for reply in page.replies.values()]
    assert len(replies) == READINGS - 1
    assert all(reply.batch and reply.said().text for reply in replies)


async def test_an_interrupted_batch_is_waited_for(tmp_path: Path) -> None:
    """The id of a batch is kept, so that the next run waits for it and sends nothing twice."""
    from anthropic import AsyncAnthropic

    async with AnthropicServer().running() as server:
        await live(tmp_path, server)
        asked = wanted(tmp_path, server.requests)
    state = tmp_path / "batch.json"
    async with (
        BatchServer().running() as batches,
        AsyncAnthropic(api_key=KEY, base_url=batches.url, max_retries=0) as client,
    ):
        slow = Batches(client=client, state=state, told=lambda _: None, poll_s=60)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2):
                await slow.fill(dict(asked))
        assert state.exists()
        note = await replace(slow, poll_s=0.01).fill(dict(asked))
        assert len(batches.batches) == 1
    assert note == ""
    assert not state.exists()
