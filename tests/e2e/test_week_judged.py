from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path

import pytest

from bot.domain.prose import clean, sentences
from bot.infra.library import packaged_library
from tests.e2e.first_week import the_week
from tests.e2e.program import Line, Outcome, at_keyboard, played, playing
from tests.servers.anthropic import AnthropicServer, Recorded, Reply

SECRET = "sk-made-up-for-this-test"
LONG_S = 60.0
ANSWER = (
    "One full file takes about 42 of the 60 GB, so twelve people become one person and a queue. I would set the limit "
    "at 16,000 tokens: 5.2 GB each, eleven at once. What we lose is the rare file that must be read as a whole, and "
    "for those I would keep one slot at night, when nobody waits."
)
ANEW = (
    "To the director I say that a model keeps a note about every word piece in memory, and that a file thirty times "
    "longer needs thirty times the memory and far more work. So I recommend a limit, and chapters for what is longer."
)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, list[Recorded]]:
    """The first week with a model that reads honestly: what was printed, and what the model was asked."""

    async def play_with_model() -> tuple[Outcome, list[Recorded]]:
        async with AnthropicServer(key=SECRET).running() as server:
            outcome = await asyncio.to_thread(the_week, tmp_path_factory.mktemp("judged"), env=_env(server))
            return outcome, server.requests

    return asyncio.run(play_with_model())


def test_each_section_of_the_framework_is_read(judged: tuple[Outcome, list[Recorded]]) -> None:
    """Every feedback of a model has one entry for each section of the framework, in its order."""
    keys = [section.key for section in packaged_library().framework.sections]
    cards = [line for line in judged[0].lines if "sections" in line.data]
    assert all([section["key"] for section in line.data["sections"]] == keys for line in cards)
    assert {line.data["kind"] for line in cards} == {"feedback"}
    assert {line.data["model"] for line in cards} == {"claude-sonnet-5-5"}


def test_what_was_not_asked_has_no_band(judged: tuple[Outcome, list[Recorded]]) -> None:
    """A section has a band from 0 to 4 when the question weighs it, and none when it does not."""
    sections = [section for line in judged[0].feedback() for section in line.data["sections"]]
    assert {section["band"] for section in sections if not section["asked"]} == {None}
    assert {section["band"] for section in sections if section["asked"]} <= set(range(5))
    assert len({section["band"] for section in sections if section["asked"]}) > 1


def test_quotes_are_the_member_s_own_words(judged: tuple[Outcome, list[Recorded]]) -> None:
    """Each quote of a feedback is a piece of what that member wrote."""
    cards = [line for line in judged[0].lines if "sections" in line.data and line.data.get("quotes")]
    assert len(cards) > 10
    for card in cards:
        words = _words(judged[0], card)
        assert [quote for quote in card.data["quotes"] if quote not in words] == []


def test_each_answer_is_answered_once(judged: tuple[Outcome, list[Recorded]]) -> None:
    """With a model too, each answer gets one feedback in the thread, and no message stands there twice."""
    outcome = judged[0]
    assert set(Counter((line.to, line.data["day"]) for line in outcome.feedback()).values()) == {1}
    texts = Counter(line.text for line in outcome.of(place="thread") if line.kind == "reply")
    assert set(texts.values()) == {1}


def test_the_model_is_asked_once_for_each_version(judged: tuple[Outcome, list[Recorded]]) -> None:
    """The model is asked once for each version of an answer that was judged, and for nothing else."""
    outcome, requests = judged
    versions = {(line.to, line.data["day"], line.data["version"]) for line in outcome.of(place="thread") if _card(line)}
    assert len(requests) == len(versions)


def test_the_model_learns_no_name(judged: tuple[Outcome, list[Recorded]]) -> None:
    """No request holds a member's name or platform id, and no output holds the key."""
    outcome, requests = judged
    asked = [str(request.body) for request in requests]
    assert not any(name in text for name in (" asha", " chen", " dara", "study-group") for text in asked)
    ids = {line.data["member"] for line in outcome.feedback()}
    assert not any(member_id in text for member_id in ids for text in asked)
    assert SECRET not in outcome.errors + "".join(line.text for line in outcome.lines)


async def test_feedback_owed_before_a_kill_is_given_after_it(tmp_path: Path) -> None:
    """A process killed with -9 while the model reads owes its feedback still, and the next run gives it once."""
    script = f"asha> {ANSWER}\n! settle\n"
    async with AnthropicServer(key=SECRET).running() as server:
        server.script(Reply(delay_s=LONG_S))
        with playing(tmp_path, script, env=_env(server)) as process:
            await server.asked(1, within_s=LONG_S)
            process.kill()
        outcome = await asyncio.to_thread(played, tmp_path, "! advance 10m\n! settle\n", env=_env(server))
        assert len(server.requests) == 2
    assert [(line.to, line.data["version"]) for line in outcome.feedback()] == [("asha", 1)]
    assert outcome.of(kind="edit") == []


async def test_a_refused_key_is_made_good_later(tmp_path: Path) -> None:
    """While the model refuses the key a member gets the self-check, and in its place the review once it works."""
    async with AnthropicServer(key=SECRET).running() as server:
        wrong = {**_env(server), "ANTHROPIC_API_KEY": "sk-wrong"}
        before = await asyncio.to_thread(played, tmp_path, f"asha> {ANSWER}\n! settle\n", env=wrong)
        later = "2026-10-21T09:01+02:00"
        after = await asyncio.to_thread(played, tmp_path, "! advance 1h\n", start=later, env=_env(server))
    assert [line.data["kind"] for line in before.feedback("asha")] == ["self-check"]
    assert before.feedback("asha")[0].data["retried"] is True
    assert [(line.kind, line.data["kind"]) for line in after.lines] == [("edit", "feedback")]
    assert "sk-wrong" not in before.errors


async def test_a_withdrawn_text_is_quoted_nowhere(tmp_path: Path) -> None:
    """A review that was being made of a text since withdrawn is dropped, also when the member has answered anew."""
    async with AnthropicServer(key=SECRET).running() as server:
        server.script(Reply(delay_s=2.0))
        with at_keyboard(tmp_path, env=_env(server)) as keyboard:
            keyboard.type(ANSWER)
            await server.asked(1, within_s=LONG_S)
            await asyncio.to_thread(keyboard.leave, "/delete", ANEW)
        assert len(server.requests) == 2
    room = (tmp_path / "data" / "room.jsonl").read_text(encoding="utf-8").splitlines()
    said = [record.get("text", "") for record in map(json.loads, room) if record.get("card")]
    cards = [text for text in said if text.startswith("Feedback for asha")]
    assert len(cards) == 1
    assert not any(sentence in text for text in cards for sentence in sentences(ANSWER))


def _env(server: AnthropicServer) -> dict[str, str]:
    return {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": SECRET}


def _card(line: Line) -> bool:
    return "sections" in line.data


def _words(outcome: Outcome, card: Line) -> str:
    """Everything that the member of the card wrote, as it is judged."""
    shown = f"Answer by {card.to}\n"
    typed = [line.text for line in outcome.lines if line.author == card.to]
    forms = [line.text.replace("\n> ", "\n") for line in outcome.lines if line.text.startswith(shown)]
    return clean("\n".join([*typed, *forms]))
