from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.cards import Reply
from bot.commands import COMMANDS, Argument, CommandSpec, Kind
from bot.commands.forms import FORMS
from bot.commands.presses import PRESSES
from bot.errors import Refusal
from bot.inbound import Asked, Command, Inbound, Press, Submission, Wish, Written
from bot.infra.redis.store import Store
from bot.ports import Where
from bot.usecases.members import show_home
from handlers.terminal.messages import Happened
from tests.usecases.study import ANSWER, HOUR, MINUTE, MONDAY, TALK, Study, form, studying

SECRET = re.compile(r"qz\d+x")
WORDS = " ".join(f"qz{number}x" for number in range(60))
"""An answer of which every word is found again wherever it appears."""
ASKERS = ("asha", "cleo", "chen", "eve")
"""An admin, a facilitator, a member, and somebody who has never been here. None of them has answered."""
SAMPLES = {
    Kind.TEXT: ("ben", "everything", "2026-11-23"),
    Kind.TOPIC: ("evals",),
    Kind.LEVEL: ("2",),
    Kind.ZONE: ("UTC",),
    Kind.TIME: ("10:00",),
    Kind.DAYS: ("daily",),
    Kind.DAY: (str(MONDAY), "tomorrow"),
    Kind.MEMBER: ("ben",),
    Kind.QUESTION: ("rag-ferry-handbook", "own", "csv"),
}
"""What is typed for each kind of argument; a choice is typed in all its ways."""


@dataclass(slots=True)
class Sealed:
    """A sealed group with Ben's answer in it, and everything that anybody but Ben was shown."""

    study: Study
    shown: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.study.room.listen(self._happened)

    def _happened(self, happened: Happened) -> None:
        message = happened.message
        if message is not None and message.to != self.study.id("ben"):
            self.shown += [message.text, repr(message.card)]

    async def try_out(self, event: Inbound) -> None:
        """Do it, and keep every word of the reply: what is read, what machines read, and files."""
        try:
            reply: Reply = await self.study.do(event)
        except Refusal as refusal:
            self.shown.append(str(refusal))
        else:
            self.shown.append(repr(reply))


@pytest.fixture
async def sealed(store: Store, tmp_path: Path) -> AsyncIterator[Sealed]:
    """Ben has answered, has feedback, and has begun to change his answer; the question is open."""
    async with studying(store, tmp_path, setup="mode=sealed") as study:
        for name in ("ben", "chen", "cleo"):
            await study.command(name, "/tpm-streak")
        await study.command("asha", "/tpm-admin members cleo")
        await study.advance(HOUR + MINUTE)
        made = Sealed(study)
        made.watch()
        key = form(await study.command("ben", "/tpm-answer")).fields[0].key
        await study.submit("ben", MONDAY, {key: WORDS})
        await study.submit("ben", MONDAY, {key: "qz1000x is a draft"})
        await study.advance(MINUTE)
        assert await study.card_about("ben") is not None
        yield made


def lines() -> Iterator[tuple[str, str]]:
    """Every command and verb of the table as it may be typed, whatever the table holds."""
    for spec in COMMANDS:
        for row, root in [(spec, ""), *((verb, f"{verb.name} ") for verb in spec.verbs)]:
            yield spec.name, root
            for argument in row.arguments:
                for sample in _samples(argument):
                    yield spec.name, f"{root}{argument.name}={sample}"
                    yield spec.name, f"{root}{sample}"


def _samples(argument: Argument) -> tuple[str, ...]:
    return argument.choices if argument.kind is Kind.CHOICE else SAMPLES[argument.kind]


def actions(names: Iterator[str], study: Study) -> Iterator[str]:
    """Each action with whatever could follow its colon."""
    day, ben = str(MONDAY), study.id("ben")
    about = ("", day, ben, f"{day}:{ben}", f"{ben}:{day}", f"{day}|{ben}", f"{day}:{ben}:1", f"{day}:m1", "1")
    for name in names:
        yield from (f"{name}:{each}" for each in about)


async def tries(sealed: Sealed, asker: str) -> AsyncIterator[Inbound]:
    """Everything that `asker` can do."""
    study = sealed.study
    thread = await study.thread()
    for name, text in lines():
        yield Command(study.caller(asker), name, text)
        yield Command(study.caller(asker, thread), name, text)
    for action in actions(iter(PRESSES), study):
        yield Press(study.caller(asker), action)
    for action in actions(iter([*FORMS, "setup"]), study):
        yield Submission(study.caller(asker), action, {"answer": TALK, "mode": "thread", "text": TALK})
    for author in (None, study.id("ben"), study.id(asker)):
        for wish in Wish:
            message = Written(author=author, message_id="m1", text=TALK)
            yield Asked(caller=study.caller(asker, thread), wish=wish, message=message)
            yield Asked(caller=study.caller(asker, thread), wish=wish)
    for text in (TALK, ANSWER, f"@ben {ANSWER}"):
        said = await study.said(asker, text, to=["ben"] if text.startswith("@") else [])
        yield said
        yield await study.edited(said, f"{text} more")
        yield await study.deleted(said)


def test_every_kind_of_argument_is_tried() -> None:
    """The samples above cover each kind of argument, so that no command of the table goes untested."""
    assert set(SAMPLES) | {Kind.CHOICE} == set(Kind)
    typed = set(lines())
    rows: list[tuple[CommandSpec, str]] = [(spec, "") for spec in COMMANDS]
    rows += [(spec, f"{verb.name} ") for spec in COMMANDS for verb in spec.verbs]
    assert all((spec.name, root) in typed for spec, root in rows)


@pytest.mark.parametrize("asker", ASKERS)
async def test_no_word_of_a_sealed_answer_is_shown(
    sealed: Sealed, asker: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever somebody types, presses, sends or says before the close, no word of another's answer appears."""
    caplog.set_level(logging.DEBUG)
    async for event in tries(sealed, asker):
        await sealed.try_out(event)
    await sealed.study.advance(MINUTE)
    parts = await show_home.run(sealed.study.ports, "terminal", "keyboard", sealed.study.id(asker), asker)
    sealed.shown += [repr(part) for part in parts]
    assert await sealed.study.answer("ben") is not None
    assert (await sealed.study.post()).is_sealed(sealed.study.clock.now())
    assert len(sealed.shown) > 100
    assert [text for text in sealed.shown if SECRET.search(text)] == []
    assert SECRET.search(caplog.text) is None


async def test_the_words_are_found_where_they_are_shown(sealed: Sealed) -> None:
    """The watch above sees the words as soon as they may be read: by who has answered, and by all after the close."""
    key = form(await sealed.study.command("chen", "/tpm-answer")).fields[0].key
    await sealed.study.submit("chen", MONDAY, {key: ANSWER})
    await sealed.try_out(Press(sealed.study.caller("chen"), f"others:{MONDAY}"))
    assert SECRET.search(sealed.shown[-1])
    sealed.shown.clear()
    await sealed.study.advance(24 * HOUR)
    assert any(SECRET.search(text) for text in sealed.shown)
    assert WORDS in sealed.study.standing(Where.THREAD)[0].text


async def test_who_has_answered_exports_their_own_alone(sealed: Sealed) -> None:
    """Who may read the others before the close takes none of it along in their own export."""
    key = form(await sealed.study.command("chen", "/tpm-answer")).fields[0].key
    await sealed.study.submit("chen", MONDAY, {key: ANSWER})
    await sealed.try_out(Command(sealed.study.caller("chen"), "tpm-me", "export"))
    assert ANSWER in sealed.shown[-1]
    assert SECRET.search(sealed.shown[-1]) is None


async def test_another_channel_s_admin_reads_nothing(sealed: Sealed) -> None:
    """Who manages another channel of the workspace sees nothing of this one's sealed answers from there."""
    for name, text in lines():
        caller = sealed.study.caller("eve", admin=True)
        await sealed.try_out(Command(replace(caller, place=replace(caller.place, channel="other")), name, text))
    assert len(sealed.shown) > len(set(lines())) / 2
    assert [text for text in sealed.shown if SECRET.search(text)] == []
