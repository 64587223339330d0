"""Weeks that nobody wrote: legal scripts from a seed, played as they are and with `! restart` in between."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from bot.views.notices import WENT_WRONG
from tests.e2e.program import Outcome, played

STEPS = 45
NAMES = ("asha", "ben", "chen", "dara")
GROUPS = {  # seed -> how its group meets, and a start shortly before the clocks change there
    1: ("zone=Europe/Paris at=02:30 days=daily window=8 mode=sealed", "2026-10-23T02:30+02:00"),
    2: ("zone=Australia/Lord_Howe at=09:00 days=mon-fri mode=thread", "2026-10-01T09:00+10:30"),
}
WORDS = (
    "I would ask ten of those who wait longest what they do meanwhile because each minute costs us one in twenty then "
    "ship the cheap plan to 10% for two weeks and give up its last 3% of quality where nobody is hurt by it"
)
COMMANDS = (
    "/tpm-streak",
    "/tpm-question",
    "/tpm-feedback",
    "/tpm-feedback again",
    "/tpm-review",
    "/tpm-me away today",
    "/tpm-me away off",
    "/tpm-me reminders 18:00",
    "/tpm-me not-with chen",
    "/tpm-suggest How would you price a museum guide?",
    "[My streak]",
    "[Hint]",
)
RUNNING = (
    "post-now",
    "skip",
    "pause",
    "resume",
    "queue",
    "inbox",
    "setup mode=sealed",
    "setup mode=thread",
    "schedule at=07:15",
    "schedule zone=Pacific/Apia",
    "reviews on",
    "reviews off",
    "reviews names=hidden",
    "members",
)
TIMES = ("1s", "9m", "11m", "3h", "12h", "23h59m59s", "1d", "1d", "1d", "36h", "3d")


def week(seed: int) -> list[str]:
    """The script's lines, without its group line; each can be played where it stands."""
    chance = random.Random(seed)  # noqa: S311  a script that can be made again, not a secret
    begin = ["asha> /tpm-admin reviews on", "! advance 1w"]  # there are two posts, so that an answer may be late
    return [*begin, *(line for _ in range(STEPS) for line in _act(chance))]


def _act(chance: random.Random) -> Iterator[str]:
    name = chance.choice(NAMES)
    match chance.choices(range(6), (5, 3, 4, 3, 2, 5))[0]:
        case 0:
            yield f"{name}{chance.choice(('', '', '@-1'))}> {_text(chance)}"
        case 1:
            yield f"{name}> {_text(chance)}"
            yield chance.choice((f"{name} edit> {_text(chance)}", f"{name} delete>"))
        case 2:
            yield f"{name}> {chance.choice(COMMANDS)}"
        case 3:
            yield f"{name}> {chance.choice(('/tpm-answer', '[Answer]'))}"
            yield f"{name}> {{}}"  # with what it holds: a message in a sealed thread, or nothing
        case 4:
            yield f"asha> /tpm-admin {chance.choice(RUNNING)}"
        case _:
            yield f"! advance {chance.choice(TIMES)}"


def _text(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS.split(), k=chance.choice((5, 39, 40, 60))))


def often_restarted(lines: list[str], seed: int) -> list[str]:
    """The same, with a restart before every third line or so, or two."""
    chance = random.Random(seed)  # noqa: S311  as above
    return [each for line in lines for each in (*["! restart"] * chance.choice((0, 0, 0, 0, 1, 2)), line)]


def said(outcome: Outcome) -> Counter[tuple[str, ...]]:
    """What the bot said and to whom, in any order; an edit that changes no word is nothing said."""
    found = Counter[tuple[str, ...]]()
    newest: dict[tuple[str, ...], str] = {}
    for line in outcome.of():
        head = (line.place, line.to, line.text.partition("\n")[0])
        if line.kind != "edit" or newest.get(head) != line.text:
            found[line.at, line.kind, *head, line.text] += 1
        newest[head] = line.text
    return found


@pytest.fixture(scope="module", params=GROUPS)
def weeks(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Outcome]:
    """One week, played as it is and often restarted."""
    group, start = GROUPS[request.param]
    lines = week(request.param)
    folder = tmp_path_factory.mktemp("week")

    def playing(name: str, acts: list[str]) -> Outcome:
        return played(folder, "\n".join([f"! group {group} admin=asha", *acts]), data=name, start=start)

    return playing("plain", lines), playing("restarted", often_restarted(lines, request.param))


def test_a_restart_anywhere_changes_nothing(weeks: tuple[Outcome, Outcome]) -> None:
    """Whoever stops the bot between any two lines gets the same messages, each once."""
    plain, restarted = map(said, weeks)
    assert (plain - restarted, restarted - plain) == (Counter(), Counter())


def test_nothing_breaks_in_a_week_that_nobody_wrote(weeks: tuple[Outcome, Outcome]) -> None:
    """The bot never has to say that something went wrong on its side, and reports no fault."""
    assert [line for outcome in weeks for line in outcome.lines if WENT_WRONG in line.text] == []
    assert [outcome.errors for outcome in weeks if "Traceback" in outcome.errors] == []
