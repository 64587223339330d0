from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cards import Card
from bot.domain.peer_review import InboxEntry
from bot.errors import Refusal
from bot.infra.redis.store import Store
from bot.usecases.recover import sweep
from tests.usecases.reviewing import FOUR, PRAISE, REVIEW, action, answered, give, given, owed_by, posted
from tests.usecases.study import ANSWER, HOUR, MINUTE, MONDAY, OTHER_ANSWER, Study, card, form, studying, text_of

TRIO = FOUR[:3]
WAIT = 37 * HOUR


@pytest.fixture
async def flagged(opened: Study) -> Study:
    """Ben has reviewed somebody's answer, and its author flagged the review."""
    await opened.command("asha", "/tpm-admin reviews give=off")
    await answered(opened, TRIO)
    (author,) = await owed_by(opened, "ben")
    await give(opened, "ben", author)
    await opened.settle()
    await opened.press(author, await action(opened, author, "Flag"))
    return opened


async def author_of(study: Study) -> str:
    """Whose answer the flagged review is about."""
    for name in TRIO:
        if await given(study, name):
            return name
    raise AssertionError


async def waiting(study: Study) -> list[InboxEntry]:
    return [each for each in await study.ports.peers.inbox(await study.group_id()) if each.is_open]


async def shown(study: Study) -> str:
    return text_of(await study.command("asha", "/tpm-admin inbox"))


async def button(study: Study, label: str) -> str:
    found = card(await study.command("asha", "/tpm-admin inbox")).buttons
    return next(each.action for each in found if each.label == label)


async def test_a_flag_shows_the_review_and_who_flagged_it(flagged: Study) -> None:
    """The entry shows the review's words, its writer and who flagged it."""
    author = await author_of(flagged)
    text = await shown(flagged)
    assert f"A flagged review: by ben, of the answer by {author}" in text
    assert f"Flagged by {author}." in text
    assert REVIEW["probe"][:60] in text


async def test_a_review_may_stay(flagged: Study) -> None:
    """Kept, it stands as before, nobody is told, and the entry is over; pressing again says the same."""
    keep = await button(flagged, "Keep it")
    told = len(flagged.direct("ben"))
    for _ in range(2):
        assert "That review stays" in text_of(await flagged.press("asha", keep))
        await flagged.advance(MINUTE)
    assert await waiting(flagged) == []
    assert len(await posted(flagged, await author_of(flagged))) == 1
    assert len(flagged.direct("ben")) == told


async def test_a_review_that_is_taken_down_stays_down(flagged: Study) -> None:
    """It leaves the thread and the author's list, and no sweep brings it back; its writer is told once."""
    author = await author_of(flagged)
    told = len(flagged.direct("ben"))
    assert "leaves the chat" in text_of(await flagged.press("asha", await button(flagged, "Take it down")))
    for _ in range(3):
        await flagged.advance(HOUR)
        await sweep(flagged.ports)
    await flagged.settle()
    assert await posted(flagged, author) == []
    assert REVIEW["probe"] not in text_of(await flagged.press(author, f"reviews:{MONDAY}"))
    assert len(await given(flagged, author)) == 1
    assert sum("out of the chat" in each for each in flagged.direct("ben")) == 1
    assert len(flagged.direct("ben")) == told + 1


async def test_the_first_to_end_it_decides(flagged: Study) -> None:
    """A second facilitator who decides otherwise sees what was decided, and changes nothing."""
    keep, remove = await button(flagged, "Keep it"), await button(flagged, "Take it down")
    await flagged.press("asha", keep)
    assert "That review stays" in text_of(await flagged.press("asha", remove))
    await flagged.advance(MINUTE)
    assert len(await posted(flagged, await author_of(flagged))) == 1


async def test_many_flags_on_one_review_are_one_entry(flagged: Study) -> None:
    """Whoever else flags the same review adds a name and no entry."""
    author = await author_of(flagged)
    action_of = await action(flagged, author, "Flag")
    for name in ("dara", "eve", "finn", "gia"):
        await flagged.press(name, action_of)
    assert len(await waiting(flagged)) == 1
    assert "and 2 others" in await shown(flagged)


async def test_a_kept_review_that_somebody_else_flags_comes_back_once(flagged: Study) -> None:
    """Flagged by another person after it was kept, it waits again, and says by whom it was kept; never a third time."""
    author = await author_of(flagged)
    again = await action(flagged, author, "Flag")
    for flagger, before in ((author, ""), ("dara", "It was flagged before, and kept by asha.")):
        text = await shown(flagged)
        assert f"Flagged by {flagger}. {before}".strip() in text
        await flagged.press("asha", await button(flagged, "Keep it"))
        await flagged.advance(MINUTE)
        assert await waiting(flagged) == []
        await flagged.press(author, again)
        assert await waiting(flagged) == []
        await flagged.press("dara" if flagger == author else "eve", again)
    assert await waiting(flagged) == []
    past = text_of(await flagged.press("asha", "inbox-past:1"))
    assert "The review stays, for the second time. Decided by asha" in past


async def test_facilitators_hear_of_a_flag_that_comes_back(flagged: Study) -> None:
    """A flag after a review was kept is told like the first one."""
    await flagged.advance(20 * MINUTE)
    told = [each for each in flagged.direct("asha") if "inbox" in each]
    await flagged.press("asha", await button(flagged, "Keep it"))
    await flagged.advance(MINUTE)
    await flagged.press("dara", await action(flagged, await author_of(flagged), "Flag"))
    await flagged.advance(24 * HOUR)
    assert len([each for each in flagged.direct("asha") if "inbox" in each]) == len(told) + 1


async def test_a_second_storm_is_folded_as_the_first(opened: Study) -> None:
    """Reviews that were kept and that one more member flags, four or more, are one entry again."""
    await opened.command("asha", "/tpm-admin reviews give=off")
    await answered(opened, FOUR)
    await opened.advance(9 * HOUR)
    for name in FOUR:
        for author in await owed_by(opened, name):
            await give(opened, name, author)
    await opened.settle()
    for flagger in ("finn", "gia"):
        for author in FOUR:
            for number in range(len(await posted(opened, author))):
                await opened.press(flagger, await action(opened, author, "Flag", number=number))
        text = await shown(opened)
        assert text.startswith("Inbox: 1")
        assert f"Flagged by {flagger}." in text
        count = len(await waiting(opened))
        await opened.press("asha", await button(opened, f"Keep all {count}"))
        assert await waiting(opened) == []
        await opened.advance(MINUTE)


async def test_a_flag_storm_is_folded(opened: Study) -> None:
    """Reviews that one member alone flags, four or more, are one entry, ended one by one or all at once."""
    await opened.command("asha", "/tpm-admin reviews give=off")
    await answered(opened, FOUR)
    await opened.advance(9 * HOUR)
    for name in FOUR:
        for author in await owed_by(opened, name):
            await give(opened, name, author)
    await opened.settle()
    count = 0
    for author in FOUR:
        for number in range(len(await posted(opened, author))):
            await opened.press("finn", await action(opened, author, "Flag", number=number))
            count += 1
    assert count >= 5
    assert len(await waiting(opened)) == count
    text = await shown(opened)
    assert text.startswith("Inbox: 1")
    assert f"{count - 1} more reviews are flagged by the same member alone" in text
    await opened.press("asha", await button(opened, "Keep it"))
    assert len(await waiting(opened)) == count - 1
    assert f"{count - 1} reviews stay" in text_of(
        await opened.press("asha", await button(opened, f"Keep all {count - 1}"))
    )
    assert await waiting(opened) == []


async def test_an_unreviewed_answer_can_be_reviewed_there(opened: Study) -> None:
    """After 36 hours a facilitator finds it in the inbox and reviews it; the review ends the entry."""
    await answered(opened, TRIO)
    await opened.advance(WAIT)
    text = await shown(opened)
    assert "An answer without a review: ben" in text
    entry = next(each for each in await waiting(opened) if each.author_id == opened.id("ben"))
    assert entry.id in str(card(await opened.command("asha", "/tpm-admin inbox")).data)
    found = card(await opened.command("asha", "/tpm-admin inbox")).buttons
    assert f"review:{MONDAY}:{opened.id('ben')}" in [each.action for each in found]
    await give(opened, "asha", "ben", PRAISE)
    await give(opened, "asha", "ben", PRAISE)
    await opened.advance(MINUTE)
    assert "An answer without a review: ben" not in await shown(opened)


async def test_nobody_is_offered_to_review_their_own(opened: Study) -> None:
    """A facilitator's own unreviewed answer can be left as it is, and the others can be read and reviewed as well."""
    await answered(opened, TRIO)
    await opened.advance(WAIT)
    found = card(await opened.command("asha", "/tpm-admin inbox"))
    offered = {name: _does(found, opened, name) for name in ("asha", "ben")}
    assert offered == {"asha": ["unreviewed-leave"], "ben": ["read", "review", "unreviewed-leave"]}
    assert "It is yours: you can ask somebody to review it." in found.plain
    await opened.command("asha", "/tpm-admin members ben")
    leave = f"unreviewed-leave:{MONDAY}:{opened.id('chen')}"
    after = card(await opened.press("ben", leave))
    assert {name: _does(after, opened, name) for name in ("asha", "ben")} == {
        "asha": ["read", "review", "unreviewed-leave"],
        "ben": ["unreviewed-leave"],
    }


def _does(found: Card, study: Study, name: str) -> list[str]:
    """What the buttons about the answer of `name` do."""
    about = f":{MONDAY}:{study.id(name)}"
    return [button.action.removesuffix(about) for button in found.buttons if button.action.endswith(about)]


async def test_an_answer_may_stay_without_a_review(opened: Study) -> None:
    """A facilitator may leave it; its author is told once."""
    await answered(opened, TRIO)
    await opened.advance(WAIT)
    leave = f"unreviewed-leave:{MONDAY}:{opened.id('ben')}"
    assert leave in [each.action for each in card(await opened.command("asha", "/tpm-admin inbox")).buttons]
    for _ in range(2):
        assert "stays without a review" in text_of(await opened.press("asha", leave))
    await opened.advance(24 * HOUR)
    assert sum("stays without a review" in each for each in opened.direct("ben")) == 1


async def test_only_facilitators_end_entries(flagged: Study) -> None:
    """A member who makes up a button is refused, and the entry waits on."""
    for label in ("Keep it", "Take it down"):
        with pytest.raises(Refusal, match="facilitator"):
            await flagged.press("ben", await button(flagged, label))
    for made_up in (f"flags-keep:{flagged.id('ben')}", f"unreviewed-leave:{MONDAY}:x"):
        with pytest.raises(Refusal, match="facilitator"):
            await flagged.press("ben", made_up)
    old = (
        "flag-keep:x",
        "decide:x",
        "decide:2026-11-23:a:s1:x",
        f"flag-keep:{MONDAY}:a:b",
        "dispute-read:2026-11-23:a:s1:1",
    )
    for made_up in (*old, "unreviewed-leave:y"):
        with pytest.raises(Refusal):
            await flagged.press("asha", made_up)
    assert len(await waiting(flagged)) == 1


@pytest.fixture
async def sealed(store: Store, tmp_path: Path) -> AsyncIterator[Study]:
    """A sealed group with three answers in, and a review of one of them that was flagged by its author's friend."""
    async with studying(store, tmp_path, setup="mode=sealed") as study:
        await study.advance(HOUR + MINUTE)
        await study.command("asha", "/tpm-admin reviews give=off")
        for name, text in zip(TRIO, (ANSWER, OTHER_ANSWER, ANSWER), strict=True):
            key = form(await study.command(name, "/tpm-answer")).fields[0].key
            await study.submit(name, MONDAY, {key: text})
        await study.settle()
        yield study


async def test_the_inbox_shows_no_word_of_a_sealed_answer(sealed: Study) -> None:
    """While a question is sealed the inbox says that something waits, and not a word of an answer or a review."""
    (author,) = await owed_by(sealed, "ben")
    await give(sealed, "ben", author)
    (review,) = await given(sealed, author)
    await sealed.press(author, f"flag:{MONDAY}:{sealed.id(author)}:{review.token}")
    found = card(await sealed.command("asha", "/tpm-admin inbox"))
    assert "The question is sealed" in found.plain
    assert found.buttons == ()
    assert not any(
        words in found.plain for words in (*REVIEW.values(), ANSWER[:30], OTHER_ANSWER[:30]) if len(words) > 2
    )
    closes_at = (await sealed.post()).closes_at
    assert closes_at is not None
    await sealed.until(closes_at + MINUTE)
    assert "Keep it" in [each.label for each in card(await sealed.command("asha", "/tpm-admin inbox")).buttons]
