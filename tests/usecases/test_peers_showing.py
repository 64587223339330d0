from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.errors import ChatBusy, ChatRefused, ChatUnsure, Refusal, TpmError
from bot.infra.redis.store import Store
from bot.ports import Where
from tests.usecases.reviewing import (
    FOUR,
    REVIEW,
    action,
    answered,
    decline,
    duties,
    give,
    given,
    opened_form,
    owed_by,
    posted,
)
from tests.usecases.study import ANSWER, HOUR, MINUTE, MONDAY, OTHER_ANSWER, Study, card, form, studying, text_of

TRIO = FOUR[:3]


@pytest.fixture
async def asked(opened: Study) -> Study:
    """Asha, Ben and Chen have answered, and each owes one of the others a review."""
    await answered(opened, TRIO)
    return opened


@asynccontextmanager
async def sealing(store: Store, folder: Path, setup: str = "mode=sealed") -> AsyncIterator[Study]:
    """A sealed group with its first question open and three answers in."""
    async with studying(store, folder, setup=setup) as study:
        await study.advance(HOUR + MINUTE)
        for name, text in zip(TRIO, (ANSWER, OTHER_ANSWER, ANSWER), strict=True):
            key = form(await study.command(name, "/tpm-answer")).fields[0].key
            await study.submit(name, MONDAY, {key: text})
        await study.settle()
        yield study


@pytest.fixture
async def sealed(store: Store, tmp_path: Path) -> AsyncIterator[Study]:
    async with sealing(store, tmp_path) as study:
        yield study


async def author_for(study: Study, name: str = "ben") -> str:
    (author,) = await owed_by(study, name)
    return author


async def status(study: Study, name: str) -> str:
    """What somebody reads about the reviews of their answer."""
    lines = text_of(await study.press(name, f"feedback:{MONDAY}")).splitlines()
    return next(line for line in lines if line.startswith("Reviews:"))


async def test_a_review_waits_for_one_in_return(asked: Study) -> None:
    """Give to get: a review is held while its author owes one, and opens as soon as they have given it."""
    author = await author_for(asked)
    await give(asked, "ben", author)
    await asked.settle()
    assert await posted(asked, author) == []
    assert await status(asked, author) == (
        "Reviews: 1 is in, and opens when you have given one for this question: /tpm-review"
    )
    held = card(await asked.press(author, f"reviews:{MONDAY}"))
    assert REVIEW["probe"] not in held.plain
    reply = card(await give(asked, author, await author_for(asked, author)))
    assert [button.label for button in reply.buttons] == ["Read my reviews"]
    assert REVIEW["probe"] in text_of(await asked.press(author, reply.buttons[0].action))
    await asked.settle()
    assert len(await posted(asked, author)) == 1


async def test_whoever_declines_reads_theirs_too(asked: Study) -> None:
    """The end of the duty opens what was held, however it ended: nobody is blackmailed."""
    author = await author_for(asked)
    await give(asked, "ben", author)
    await decline(asked, author, await author_for(asked, author))
    await asked.settle()
    assert len(await posted(asked, author)) == 1


async def test_nothing_is_held_for_longer_than_a_day(asked: Study) -> None:
    """Whoever lets their duty run out reads their reviews then, though they may be asked for others meanwhile."""
    author = await author_for(asked)
    await give(asked, "ben", author)
    await asked.advance(24 * HOUR)
    assert len(await posted(asked, author)) == 1


async def test_without_give_to_get_nothing_waits(asked: Study) -> None:
    """A group may turn give to get off: what was held opens, and nothing is held any more."""
    author = await author_for(asked)
    await give(asked, "ben", author)
    await asked.settle()
    await asked.command("asha", "/tpm-admin reviews give=off")
    await asked.settle()
    assert len(await posted(asked, author)) == 1


async def test_a_promise_of_no_name_is_kept(asked: Study) -> None:
    """A review that was written without a name never gets one, whatever the group decides afterwards."""
    await asked.command("asha", "/tpm-admin reviews names=hidden give=off")
    author = await author_for(asked)
    opened = await opened_form(asked, "ben", author)
    assert "Your name is not shown with it." in opened.intro
    await asked.command("asha", "/tpm-admin reviews names=shown")
    sent = await give(asked, "ben", author)
    assert text_of(sent).startswith("Saved.")
    await asked.settle()
    (shown,) = await posted(asked, author)
    assert "ben" in shown.plain.splitlines()[0]
    await asked.command("asha", "/tpm-admin reviews names=hidden")
    other = await author_for(asked, "asha")
    await give(asked, "asha", other)
    await asked.command("asha", "/tpm-admin reviews names=shown")
    await asked.settle()
    (hidden,) = await posted(asked, other)
    assert hidden.plain.startswith("Review by a member, of the answer by")
    key = next(key for key, sent in asked.chat.sent if sent.plain == hidden.plain)
    shown_to_platform = f"{key} {hidden!r}"
    assert f"|{asked.id('asha')}" not in shown_to_platform
    assert "'asha'" not in shown_to_platform


@pytest.mark.parametrize("trouble", [ChatUnsure("reset"), ChatBusy("busy", 5), ChatRefused("no")])
@pytest.mark.parametrize("done", [False, True])
async def test_a_review_is_posted_once_whatever_breaks(asked: Study, trouble: TpmError, done: bool) -> None:
    """When the platform breaks off, says wait or no, the review stands once in the end; after a no, privately."""
    await asked.command("asha", "/tpm-admin reviews give=off")
    author = await author_for(asked)
    await give(asked, "ben", author)
    asked.chat.fail("send", trouble, done=done and isinstance(trouble, ChatUnsure), where=Where.THREAD)
    await asked.settle()
    await asked.advance(5 * MINUTE)
    assert len(await posted(asked, author)) == 1
    where = Where.DIRECT if isinstance(trouble, ChatRefused) else Where.THREAD
    mine = [message for message in asked.room.standing() if message.card and message.card.kind == "peer-review"]
    assert [message.where for message in mine] == [where]


async def test_a_restart_changes_nothing(asked: Study) -> None:
    """A review whose posting was lost with the process stands after a restart, once."""
    await asked.command("asha", "/tpm-admin reviews give=off")
    author = await author_for(asked)
    await give(asked, "ben", author)
    await asked.restart()
    await asked.advance(5 * MINUTE)
    await asked.restart()
    await asked.advance(5 * MINUTE)
    assert len(await posted(asked, author)) == 1


async def test_feedback_in_private_keeps_reviews_private(asked: Study) -> None:
    """Where an open group keeps feedback private, a review goes to the author alone."""
    await asked.command("asha", "/tpm-admin setup mode=private")
    await asked.command("asha", "/tpm-admin reviews give=off")
    author = await author_for(asked)
    before = len(asked.standing(Where.THREAD))
    await give(asked, "ben", author)
    await asked.settle()
    assert len(asked.standing(Where.THREAD)) == before
    assert any(REVIEW["probe"] in message.text for message in asked.standing(Where.ONLY_YOU, author))


async def test_the_author_always_sees_where_it_stands(opened: Study) -> None:
    """From the answer to the last review, its author reads how many are in and until when the next is owed."""
    await answered(opened)
    assert (await status(opened, "dara")).startswith("Reviews: reviewers are asked by Mon 23 Nov 17:04")
    await opened.advance(8 * HOUR)
    assert (await status(opened, "dara")).startswith("Reviews: 2 members are asked, the first review is due by Tue 24")
    await opened.command("asha", "/tpm-admin reviews give=off")
    first, second = [name for name in FOUR if "dara" in await owed_by(opened, name)]
    await give(opened, first, "dara")
    assert (await status(opened, "dara")).startswith("Reviews: 1 of 2 is in, the other by Tue 24 Nov")
    assert "1 of 2 is in" in text_of(await opened.command("dara", "/tpm-question"))
    await give(opened, second, "dara")
    assert await status(opened, "dara") == "Reviews: 2 are in."
    both = card(await opened.press("dara", f"reviews:{MONDAY}"))
    assert both.plain.count(REVIEW["probe"]) == 2
    assert "2 of 4, one point is specific" in both.plain


async def test_an_edit_is_said_and_a_withdrawal_takes_reviews_along(opened: Study) -> None:
    """A review of an answer that was edited says so; when the answer is taken back, its reviews go with it."""
    messages = {
        name: await opened.said(name, text) for name, text in zip(TRIO, (ANSWER, OTHER_ANSWER, ANSWER), strict=True)
    }
    for message in messages.values():
        await opened.do(message)
    await opened.settle()
    await opened.command("asha", "/tpm-admin reviews give=off")
    author = await author_for(opened)
    await give(opened, "ben", author)
    await opened.settle()
    await opened.do(await opened.edited(messages[author], f"{ANSWER} And I would count the visitors."))
    await opened.settle()
    assert "The answer was changed since this was written." in (await posted(opened, author))[0].plain
    await opened.do(await opened.deleted(messages[author]))
    await opened.settle()
    assert await posted(opened, author) == []
    assert len(await given(opened, author)) == 1


async def test_sealed_reviews_wait_for_the_close(sealed: Study) -> None:
    """In a sealed group who has answered may review at once; the review is posted after the close, under the answer."""
    author = await author_for(sealed)
    reply = await give(sealed, "ben", author)
    assert "sees it by Tue 24 Nov 09:01" in text_of(reply)
    await sealed.advance(HOUR)
    assert sealed.standing(Where.THREAD) == []
    await give(sealed, author, await author_for(sealed, author))
    assert REVIEW["probe"] in text_of(await sealed.press(author, f"reviews:{MONDAY}"))
    await sealed.advance(23 * HOUR)
    texts = [message.text for message in sealed.standing(Where.THREAD)]
    answer_at = next(number for number, text in enumerate(texts) if text.startswith(f"Answer by {author}"))
    review_at = next(number for number, text in enumerate(texts) if f"of the answer by {author}" in text)
    assert answer_at < review_at


async def test_the_promise_of_when_it_is_shown_is_kept(store: Store, tmp_path: Path) -> None:
    """What a reviewer is told holds where a sealed question closes before the author's own review is due."""
    async with sealing(store, tmp_path, "mode=sealed window=8") as study:
        author = await author_for(study)
        said = text_of(await give(study, "ben", author))
        await study.settle()
        post, whose = await study.post(), await author_for(study, author)
        due_at = (await duties(study, whose))[author].expires_at
        assert post.closes_at is not None
        assert due_at > post.closes_at
        assert "sees it by Tue 24 Nov 09:0" in said
        await study.until(post.closes_at + MINUTE)
        assert await posted(study, author) == []
        await study.until(due_at + MINUTE)
        assert len(await posted(study, author)) == 1


async def test_sealed_answers_are_not_given_to_who_has_not_answered(sealed: Study) -> None:
    """Whoever has not answered a sealed question is not asked to review, and cannot, until it closes."""
    await sealed.command("dara", "/tpm-admin", admin=False)
    await sealed.command("asha", "/tpm-admin reviews on")
    for name in TRIO:
        with pytest.raises(Refusal):
            await sealed.press("dara", f"read:{MONDAY}:{sealed.id(name)}")
    assert card(await sealed.command("dara", "/tpm-review")).data["others"] == 0
    await sealed.advance(24 * HOUR)
    assert card(await sealed.command("dara", "/tpm-review")).data["others"] == 3


async def test_a_full_card_still_says_where_it_stands(asked: Study) -> None:
    """However long the reviews of an answer are, the card that shows them holds, and a file has them in full."""
    await asked.command("asha", "/tpm-admin reviews give=off")
    author = await author_for(asked)
    long = {key: (text if key.startswith("band") else f"{text} " * 14)[:1_990] for key, text in REVIEW.items()}
    for _ in range(2):  # the checks ask about a probe that is so long
        await give(asked, "ben", author, long)
    await asked.settle()
    shown = (await posted(asked, author))[0]
    assert shown.file is not None
    assert long["change"].strip().encode() in shown.file.content
    assert card(await asked.press(author, f"reviews:{MONDAY}")).file is not None
    assert await action(asked, author, "Thanks")
