from __future__ import annotations

import json

import pytest

from tests.e2e.program import Outcome, played

FIRST = (
    "One full file takes about 42 of the 60 GB, so twelve people become one person and a queue. I would set the limit "
    "at 16,000 tokens, 5.2 GB each, eleven at once. What we lose is the rare file that must be read as a whole."
)
SECOND = (
    "I would ask first how often the whole file is needed, and I would set a limit of 16,000 tokens for everybody, "
    "with one slot at night for the few files that the model must read from the first to the last page."
)
STEPS = {
    "twice-in-a-second": (["> {first}", "> {second}"], "{first}\n{second}", 1),
    "short-then-edited": (["> hm", " edit> {first}"], "{first}", 1),
    "edited-twice": (["> {first}", " edit> {second}", " edit> {first}"], "{first}", 1),
    "edited-to-nothing": (["> {first}", " edit> \u200b"], None, 0),
    "part-deleted": (["> {first}", "> {second}", " delete>"], "{first}", 1),
    "all-deleted": (["> {first}", "> {second}", " delete>", " delete>"], None, 0),
    "deleted-and-anew": (["> {first}", " delete>", "> {second}"], "{second}", 1),
    "talk-deleted": (["> {first}", "! settle", "! advance 11m", "> thanks all", " delete>"], "{first}", 1),
    "talk-counted": (["> {first}", "! advance 11m", "> and one more thing", "[Count as my answer]"], None, 1),
    "counted-twice": (["> too short", "[Count as my answer]", "[Count as my answer]"], "too short", 1),
    "counted-deleted": (["> too short", "[Count as my answer]", " delete>"], None, 0),
    "talk-deleted-uncounted": (["> too short", " delete>", "[Count as my answer]"], None, 0),
    "talk-edited": (["> too short", " edit> still short", "[Count as my answer]"], "still short", 1),
    "form-twice": (["> /tpm-answer", '> {{s1="{first}"}}', "> /tpm-answer", '> {{s1="{second}"}}'], "{second}", 1),
    "form-then-thread": (["> /tpm-answer", '> {{s1="{first}"}}', "> {second}"], "{first}", 1),
    "thread-then-form": (["> {first}", "> /tpm-answer", '> {{answer="{second}"}}'], "{second}", 1),
}
"""What each member does, what stands of it as their answer (None: nothing, or not looked at), and their streak."""


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A day on which everybody changes their mind; each is settled before the next begins."""
    lines: list[str] = []
    for name, (steps, _, _) in STEPS.items():
        lines += [_line(name, step) for step in steps] + ["! settle"]
    lines += [f"{name}> /tpm-streak" for name in STEPS] + [f"{name}> /tpm-me export" for name in STEPS]
    return played(tmp_path_factory.mktemp("changed"), "\n".join(lines) + "\n")


@pytest.mark.parametrize("name", STEPS)
def test_the_last_word_stands(changed: Outcome, name: str) -> None:
    """Whatever the order of messages, edits and deletions, what stands at the end is what the member left standing."""
    _, answer, streak = STEPS[name]
    file = json.loads(changed.of(kind="file", to=name)[0].text)
    assert file["streak"]["current"] == streak
    if answer is not None:
        assert [day["answer"] for day in file["days"]] == [answer.format(first=FIRST, second=SECOND)]
    elif streak == 0:
        assert file["days"] == []


@pytest.mark.parametrize("name", STEPS)
def test_one_card_for_what_stands(changed: Outcome, name: str) -> None:
    """One feedback stands in the thread for an answer that stands, and none for one that was withdrawn."""
    removed = [line for line in changed.of(kind="delete", to=name) if "sections" in line.data]
    assert len(changed.feedback(name)) - len(removed) == STEPS[name][2]


def test_a_deletion_after_the_close_keeps_the_day(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Deleting an answer after the close removes its text and its card, and the day stays in the streak."""
    script = f"ben> {FIRST}\n! settle\n! advance 1d1h\nben delete>\nben> /tpm-streak\nben> /tpm-me export\n"
    outcome = played(tmp_path_factory.mktemp("closed"), script)
    assert outcome.private("ben")[0].startswith("Your streak: 1 question")
    assert [line.to for line in outcome.of(kind="delete")] == ["ben"]
    assert FIRST not in outcome.of(kind="file")[0].text


def test_an_answer_to_a_closed_window_is_late(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An answer after the close, by thread or by form, gets feedback and says that it brings no streak."""
    script = (
        f"! group days=mon,wed\nben> /tpm-help\ncleo> /tpm-help\n! advance 37h\nben> {FIRST}\n"
        f'cleo> /tpm-question\ncleo> [Answer]\ncleo> {{s1="{FIRST}"}}\n! settle\nben> /tpm-streak\ncleo> /tpm-streak\n'
    )
    outcome = played(tmp_path_factory.mktemp("late"), script)
    assert {line.to for line in outcome.feedback()} == {"ben", "cleo"}
    _, state, saved, streak = outcome.private("cleo")
    assert "The window is closed; a late answer still gets feedback, but no streak." in state
    late = "Saved, after the window: it gets feedback, but no streak."
    assert saved == f"{late} A card to check it yourself comes in about a minute."
    assert "Wed 21 Oct: answered late, does not count" in streak
    assert "Wed 21 Oct: answered late, does not count" in outcome.private("ben")[-1]


def _line(name: str, step: str) -> str:
    text = step.format(first=FIRST, second=SECOND)
    if text.startswith("!"):
        return text
    return f"{name}> {text}" if text.startswith("[") else f"{name}{text}"
