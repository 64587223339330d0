from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cards import MOST_FIELD_CHARS
from bot.domain.answer import FREE_TEXT
from bot.domain.post import LONGEST_WINDOW
from bot.errors import ChatBusy, ChatRefused, ChatUnsure, Refusal, TpmError
from bot.inbound import Asked, Wish, Written
from bot.infra.redis.store import Store
from bot.ports import Where
from bot.usecases.posting.tally import EVERY_S
from tests.usecases.study import ANSWER, HOUR, MINUTE, MONDAY, OTHER_ANSWER, TALK, Study, card, form, studying, text_of

DAY = timedelta(days=1)
TALLY = timedelta(seconds=EVERY_S)
SETUP = "zone=Europe/Paris at=09:00 days=mon-fri window=12 mode=sealed"


@pytest.fixture
async def sealed(store: Store, tmp_path: Path) -> AsyncIterator[Study]:
    """A sealed group with the question of Monday open for 12 hours, a minute ago."""
    async with studying(store, tmp_path, setup=SETUP) as made:
        await made.advance(HOUR + MINUTE)
        yield made


async def first_field(study: Study) -> str:
    return form(await study.command("ben", "/tpm-answer")).fields[0].key


async def answer(study: Study, name: str, text: str = ANSWER) -> str:
    """`name` answers by form, a second after whoever was before; what the bot says to that."""
    study.sleep(timedelta(seconds=1))
    return text_of(await study.submit(name, MONDAY, {await first_field(study): text}))


def question(study: Study) -> str:
    """The daily post as it stands."""
    (post,) = study.standing(Where.CHANNEL)
    return post.text


async def test_the_post_says_how_it_works(sealed: Study) -> None:
    """A sealed post sends members to the form, and has a button for those who may read the others."""
    assert "Sealed: answer with the button, not in the thread." in question(sealed)
    assert "[Answer] [Hint] [Read the others] [My streak]" in question(sealed)
    assert "Reply in this thread" not in question(sealed)


async def test_a_sealed_answer_stands_nowhere_before_the_close(sealed: Study) -> None:
    """A form answer counts and its author gets feedback in private; the thread stays empty until the close."""
    assert "Until the question closes, only those who have answered it can read yours." in await answer(sealed, "ben")
    await sealed.advance(MINUTE)
    assert await sealed.marks("ben") == ["answered"]
    assert sealed.standing(Where.THREAD) == []
    assert len(sealed.standing(Where.ONLY_YOU, "ben")) == 1
    assert await sealed.card_about("ben") is not None


async def test_at_the_close_each_answer_is_threaded_once(sealed: Study) -> None:
    """When the question closes the answers stand in the thread by name, in the order in which they came."""
    await answer(sealed, "ben")
    await sealed.advance(MINUTE)
    await answer(sealed, "chen", OTHER_ANSWER)
    await sealed.advance(13 * HOUR)
    shown = sealed.standing(Where.THREAD)
    assert [message.text.splitlines()[0] for message in shown] == ["Answer by ben", "Answer by chen"]
    assert ANSWER in shown[0].text
    assert OTHER_ANSWER in shown[1].text
    assert len(sealed.standing(Where.ONLY_YOU)) == 2


async def test_the_post_counts_and_names_nobody(sealed: Study) -> None:
    """The post says how many have answered, however many there are in half a minute with one edit, and never who."""
    for name in ("ben", "chen", "dara"):
        await answer(sealed, name)
    await sealed.settle()
    assert "answered." not in question(sealed)
    before = len(sealed.chat.edited)
    await sealed.advance(TALLY)
    assert "3 answered." in question(sealed)
    assert len(sealed.chat.edited) == before + 1
    assert not any(name in question(sealed) for name in ("ben", "chen", "dara"))


async def test_the_count_follows_who_is_forgotten(sealed: Study) -> None:
    """Who has themself erased is counted no longer."""
    for name in ("ben", "chen"):
        await answer(sealed, name)
    await sealed.advance(TALLY)
    await sealed.press("ben", "forget-now")
    await sealed.advance(TALLY)
    assert "1 answered." in question(sealed)


async def test_a_steady_stream_of_answers_does_not_put_the_count_off(sealed: Study) -> None:
    """Answers that come faster than the post may be edited do not keep it from being edited."""
    for number in range(12):
        await answer(sealed, f"m{number}")
        await sealed.advance(timedelta(seconds=EVERY_S / 3))
    await sealed.settle()
    assert 3 <= len(sealed.chat.edited) <= 5


async def test_a_message_in_the_thread_is_kept_for_the_form(sealed: Study) -> None:
    """A message that would be an answer is none: its text waits in the form, and its author is told so once."""
    said = await sealed.said("ben")
    told = card(await sealed.do(said))
    assert "Your text is kept: press Answer" in told.plain
    assert await sealed.do(said) is None
    assert await sealed.answer("ben") is None
    opened = form(await sealed.press("ben", told.buttons[0].action))
    assert [(field.key, field.value) for field in opened.fields if field.value] == [(FREE_TEXT, ANSWER)]
    await sealed.submit("ben", MONDAY, {FREE_TEXT: ANSWER})
    await sealed.do(await sealed.deleted(said))
    assert await sealed.marks("ben") == ["answered"]


async def test_talk_in_a_sealed_thread_is_left_alone(sealed: Study) -> None:
    """Short messages, and those to another member, are neither answers nor drafts, and nobody is told anything."""
    assert await sealed.say("ben", TALK) is None
    assert await sealed.say("ben", f"@asha {ANSWER}", to=["asha"]) is None
    assert [field.value for field in form(await sealed.command("ben", "/tpm-answer")).fields if field.value] == []


async def test_an_edit_changes_what_waits_in_the_form(sealed: Study) -> None:
    """A message that is edited after it was kept stands in the form once, with its new text."""
    said = await sealed.said("ben")
    await sealed.do(said)
    await sealed.do(await sealed.edited(said, OTHER_ANSWER))
    opened = form(await sealed.command("ben", "/tpm-answer"))
    assert [field.value for field in opened.fields if field.value] == [OTHER_ANSWER]


async def test_a_message_is_added_to_a_form_that_is_begun(sealed: Study) -> None:
    """A message after a form was sent adds to what stands there: no word of the answer is lost."""
    key = await first_field(sealed)
    await answer(sealed, "ben")
    await sealed.say("ben", OTHER_ANSWER)
    opened = form(await sealed.command("ben", "/tpm-answer"))
    values = {field.key: field.value for field in opened.fields if field.value}
    assert values == {key: f"{ANSWER}\n\n{OTHER_ANSWER}"}
    standing = await sealed.answer("ben")
    assert standing is not None
    assert standing.text == ANSWER


async def test_a_message_that_is_too_long_for_the_form_says_so(sealed: Study) -> None:
    """Whose message does not fit a field of the form is told before they send a part of it."""
    told = text_of(await sealed.say("ben", "word " * MOST_FIELD_CHARS))
    assert "longer than a field of the form (3,000 characters)" in told


async def test_a_message_cannot_be_counted_while_it_is_sealed(sealed: Study) -> None:
    """Counting a message, or asking for feedback on it, puts it into the form too."""
    said = await sealed.said("ben", TALK)
    message = Written(author=sealed.id("ben"), message_id=said.message_id, text=TALK)
    for wish in (Wish.COUNT, Wish.FEEDBACK):
        told = card(await sealed.do(Asked(caller=said.caller, wish=wish, message=message)))
        assert told.kind == "kept-as-draft"
    assert await sealed.answer("ben") is None
    assert TALK in [field.value for field in form(await sealed.command("ben", "/tpm-answer")).fields]


async def test_only_who_has_answered_reads_the_others(sealed: Study) -> None:
    """Before the close the others' answers are shown to who has answered, to them alone; after it to everybody."""
    await answer(sealed, "ben")
    for name in ("asha", "chen"):
        with pytest.raises(Refusal, match="This question is sealed"):
            await sealed.press(name, f"others:{MONDAY}")
    assert text_of(await sealed.press("ben", f"others:{MONDAY}")) == "Nobody else has answered yet."
    await answer(sealed, "chen", OTHER_ANSWER)
    shown = text_of(await sealed.press("chen", f"others:{MONDAY}"))
    assert f"Answer by ben\n> {ANSWER}" in shown
    assert OTHER_ANSWER not in shown
    await sealed.advance(12 * HOUR)
    assert ANSWER in text_of(await sealed.press("asha", f"others:{MONDAY}"))


async def test_many_long_answers_are_cut_fairly(sealed: Study) -> None:
    """Where the answers do not fit, the short ones stand whole, the long ones get the same room, and a file has all."""
    texts = {"ben": ANSWER, "chen": f"{OTHER_ANSWER}\n\n" * 8, "dara": f"{OTHER_ANSWER} {ANSWER} " * 4}
    for name, text in texts.items():
        await answer(sealed, name, text)
    await answer(sealed, "asha")
    shown = card(await sealed.press("asha", f"others:{MONDAY}"))
    assert f"> {ANSWER}" in shown.plain
    quotes = [len(part) for part in shown.plain.split("Answer by ")[1:]]
    assert abs(quotes[1] - quotes[2]) < 250
    assert shown.file is not None
    assert all(text.strip() in shown.file.content.decode() for text in texts.values())


async def test_fifty_answers_fit_a_card(sealed: Study) -> None:
    """However many have answered, the card keeps its budget and says that the file has the rest."""
    for number in range(50):
        await answer(sealed, f"member{number}", f"{ANSWER} {number}")
    shown = card(await sealed.press("member0", f"others:{MONDAY}"))
    assert "The file has all 49 in full." in shown.plain
    assert shown.file is not None
    assert shown.file.content.decode().count("# member") == 49


async def test_nothing_is_hidden_in_an_open_group(opened: Study) -> None:
    """In an open group the button says where the answers stand."""
    with pytest.raises(Refusal, match="Nothing is hidden here"):
        await opened.press("ben", f"others:{MONDAY}")


async def test_a_late_answer_to_a_sealed_post_is_threaded(sealed: Study) -> None:
    """After the close a form answer goes to the thread at once, and a thread message counts; both are late."""
    await sealed.advance(13 * HOUR)
    assert "Saved, after the window" in await answer(sealed, "ben")
    await sealed.say("chen", OTHER_ANSWER)
    await sealed.settle()
    assert ANSWER in sealed.standing(Where.THREAD)[0].text
    late = [given.late for name in ("ben", "chen") if (given := await sealed.answer(name))]
    assert late == [True, True]
    assert len(sealed.standing(Where.ONLY_YOU)) == 2


async def test_opening_a_group_opens_no_sealed_post(sealed: Study) -> None:
    """What was written sealed stays so until that post's close, though the group is open by then; the next is open."""
    await answer(sealed, "ben")
    await sealed.command("asha", "/tpm-admin setup mode=thread")
    await answer(sealed, "chen", OTHER_ANSWER)
    await sealed.say("dara")
    await sealed.advance(11 * HOUR)
    assert sealed.standing(Where.THREAD) == []
    await sealed.advance(HOUR)
    assert len(sealed.standing(Where.THREAD)) == 2
    await sealed.advance(DAY - 12 * HOUR)
    assert "Reply in this thread" in sealed.standing(Where.CHANNEL)[-1].text


async def test_sealing_a_group_seals_no_open_post(opened: Study) -> None:
    """An open post stays open when the group is sealed meanwhile: only the feedback goes private."""
    await opened.command("asha", "/tpm-admin setup mode=sealed")
    await opened.say("ben")
    await opened.submit("chen", MONDAY, {FREE_TEXT: OTHER_ANSWER})
    await opened.settle()
    assert [message.text.splitlines()[0] for message in opened.standing(Where.THREAD)] == ["Answer by chen"]
    assert await opened.marks("ben") == ["answered"]
    await opened.advance(DAY)
    assert "Sealed: answer with the button" in opened.standing(Where.CHANNEL)[-1].text


async def test_the_next_post_opens_a_sealed_one(sealed: Study) -> None:
    """A post that comes before the window ends closes it, and the answers are threaded then."""
    await sealed.command("asha", "/tpm-admin setup window=36")
    await sealed.advance(DAY)
    tuesday = MONDAY + DAY
    await sealed.submit("ben", tuesday, {FREE_TEXT: ANSWER})
    await sealed.advance(DAY - 2 * MINUTE)
    assert sealed.standing(Where.THREAD) == []
    await sealed.advance(3 * MINUTE)
    assert ANSWER in sealed.standing(Where.THREAD)[0].text


async def test_a_post_by_hand_opens_the_one_before(store: Store, tmp_path: Path) -> None:
    """A post that cuts a sealed one short has its answers threaded at once."""
    async with studying(store, tmp_path, setup="zone=Europe/Paris at=23:00 days=daily mode=sealed") as study:
        await study.advance(16 * HOUR)
        await study.submit("ben", MONDAY, {FREE_TEXT: ANSWER})
        await study.advance(2 * HOUR)
        assert study.standing(Where.THREAD) == []
        await study.command("asha", "/tpm-admin post-now")
        await study.settle()
        assert ANSWER in study.standing(Where.THREAD)[0].text


@pytest.mark.parametrize(
    ("trouble", "done"), [(ChatBusy("wait", 5.0), False), (ChatUnsure("reset"), False), (ChatUnsure("reset"), True)]
)
async def test_a_close_that_breaks_off_goes_on(sealed: Study, trouble: TpmError, *, done: bool) -> None:
    """A platform that fails between two answers, or loses its reply, ends with each of them there once."""
    for name in ("ben", "chen", "dara"):
        await answer(sealed, name, f"{ANSWER} {name}")
    await sealed.advance(11 * HOUR)
    sealed.chat.fail("send", trouble, times=2, done=done, where=Where.THREAD)
    await sealed.advance(HOUR + 10 * MINUTE)
    names = [message.text.splitlines()[0] for message in sealed.standing(Where.THREAD)]
    assert names == ["Answer by ben", "Answer by chen", "Answer by dara"]


async def test_one_refused_answer_keeps_no_other_back(sealed: Study) -> None:
    """An answer that the platform refuses for good leaves the others in the thread, and the facilitators are told."""
    for name in ("ben", "chen"):
        await answer(sealed, name, f"{ANSWER} {name}")
    await sealed.advance(11 * HOUR)
    sealed.chat.fail("send", ChatRefused("no"), where=Where.THREAD)
    await sealed.until((await sealed.post()).closes_at or sealed.clock.now())
    assert [message.text.splitlines()[0] for message in sealed.standing(Where.THREAD)] == ["Answer by chen"]
    sealed.chat.fail("send", ChatRefused("no"), times=2, where=Where.THREAD)
    await sealed.advance(10 * MINUTE)
    assert "showing the answers to a sealed question" in sealed.direct("asha")[0]


async def test_a_close_that_was_lost_is_found_again(sealed: Study) -> None:
    """When the agenda lost the close, a sweep brings it back; when all is shown already, nothing is shown again."""
    await answer(sealed, "ben")
    await sealed.settle()
    await sealed.store.client.call("DEL", "tpm:1:{agenda}:due")
    await sealed.restart()
    await sealed.advance(12 * HOUR)
    assert len(sealed.standing(Where.THREAD)) == 1
    await sealed.store.client.call("DEL", "tpm:1:{agenda}:due")
    sealed.sleep(HOUR)
    await sealed.restart()
    await sealed.settle()
    assert len(sealed.standing(Where.THREAD)) == 1


async def test_the_window_is_what_was_chosen(sealed: Study) -> None:
    """The window of a post is the group's, and a change of it counts from the next post on."""
    post = await sealed.post()
    assert post.opened_at is not None
    assert post.closes_at == post.opened_at + 12 * HOUR
    await sealed.command("asha", "/tpm-admin setup window=4")
    assert (await sealed.post()).closes_at == post.closes_at
    await sealed.advance(DAY)
    newest = await sealed.post()
    assert newest.opened_at is not None
    assert newest.closes_at == newest.opened_at + 4 * HOUR


async def test_no_window_is_longer_than_the_longest(study: Study) -> None:
    """On a Friday the longest window ends before the Monday's post."""
    await study.advance(5 * DAY)
    post = await study.post()
    assert post.opened_at is not None
    assert post.closes_at == post.opened_at + LONGEST_WINDOW


async def test_no_sign_of_work_says_who_has_answered(sealed: Study) -> None:
    """While feedback on a sealed answer is made, no passing line in the thread names its author."""
    lines: list[str] = []
    sealed.room.listen_status(lines.append)
    await answer(sealed, "ben")
    await sealed.advance(MINUTE)
    assert await sealed.card_about("ben") is not None
    assert lines == []
