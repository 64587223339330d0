from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.domain.duty import CallOff
from bot.domain.peer_review import InboxKind
from bot.errors import Refusal
from bot.inbound import Departed, Submission
from tests.usecases.reviewing import (
    FOUR,
    REVIEW,
    action,
    answered,
    duties,
    give,
    given,
    owed_by,
    posted,
    reviewers,
    states,
    submission,
)
from tests.usecases.study import ANSWER, HOUR, MONDAY, OTHER_ANSWER, Study, card, text_of

TRIO = FOUR[:3]


@pytest.fixture
async def asked(opened: Study) -> Study:
    """Asha, Ben and Chen have answered, and each owes one of the others a review; Dara took part as well."""
    await answered(opened, TRIO)
    await opened.say("dara", OTHER_ANSWER)
    await opened.settle()
    return opened


async def author_for(study: Study, name: str = "ben") -> str:
    return (await owed_by(study, name))[0]


async def called_off(study: Study, author: str, reviewer: str) -> CallOff | None:
    return (await duties(study, author))[reviewer].called_off


async def test_a_reviewer_who_leaves_is_replaced(asked: Study) -> None:
    """When a reviewer leaves the channel their duty is called off, and somebody else is asked at once."""
    author = await author_for(asked)
    await asked.do(Departed(asked.caller("ben"), asked.ports.clock.now()))
    await asked.settle()
    assert await called_off(asked, author, "ben") is CallOff.LEFT
    assert len(await reviewers(asked, author)) >= 1
    assert "ben" not in {name for each in FOUR for name in await reviewers(asked, each)}
    await asked.advance(9 * HOUR)
    assert "ben" not in {name for each in FOUR for name in await reviewers(asked, each)}


async def test_whoever_comes_back_is_asked_again(asked: Study) -> None:
    """A member who left and writes again is here again."""
    await asked.do(Departed(asked.caller("ben"), asked.ports.clock.now()))
    await asked.settle()
    await asked.command("ben", "/tpm-streak")
    member = await asked.member("ben")
    assert member is not None
    assert not member.has_left


async def test_a_stranger_who_leaves_is_nobody(asked: Study) -> None:
    """Somebody who never took part may leave: nothing is stored about them."""
    await asked.do(Departed(asked.caller("eve"), asked.ports.clock.now()))
    assert await asked.member("eve") is None


async def test_a_reviewer_who_goes_away_is_replaced(asked: Study) -> None:
    """Away from today, a reviewer owes nothing any more, without blame, and another is asked."""
    author = await author_for(asked)
    await asked.command("ben", "/tpm-me away today")
    await asked.settle()
    assert await called_off(asked, author, "ben") is CallOff.AWAY
    assert len(await reviewers(asked, author)) >= 1


async def test_a_reviewer_who_forgets_themself_is_replaced(asked: Study) -> None:
    """Forgetting erases a member's duties and reviews, in the chat too, and others are asked for what they owed."""
    await asked.command("asha", "/tpm-admin reviews give=off")
    author = await author_for(asked)
    await give(asked, "ben", author)
    await asked.settle()
    assert len(await posted(asked, author)) == 1
    erased = card(await asked.press("ben", "forget-now"))
    await asked.settle()
    assert erased.data["peer_reviews"] >= 1
    assert await given(asked, author) == []
    assert not [message for message in asked.room.standing() if REVIEW["probe"] in message.text and not message.author]
    assert "ben" not in await duties(asked, author)
    assert len(await reviewers(asked, author)) >= 1


async def test_an_author_who_forgets_themself_leaves_no_review(asked: Study) -> None:
    """Forgetting the author erases the reviews of their answers with all that was owed for them."""
    author = await author_for(asked)
    sent = await submission(asked, "ben", author)
    await asked.press(author, "forget-now")
    await asked.settle()
    assert await duties(asked, author) == {}
    back = card(await asked.do(sent))
    assert back.file is not None
    assert REVIEW["probe"].encode() in back.file.content


async def test_an_author_who_deletes_frees_the_reviewers(opened: Study) -> None:
    """Taking an answer back calls its duties off; a review that was being written is kept and counts."""
    messages = {}
    for name, text in zip(TRIO, (ANSWER, OTHER_ANSWER, ANSWER), strict=True):
        messages[name] = await opened.said(name, text)
        await opened.do(messages[name])
    await opened.settle()
    author = await author_for(opened)
    sent = await submission(opened, "ben", author)
    await opened.do(await opened.deleted(messages[author]))
    await opened.settle()
    assert await called_off(opened, author, "ben") is CallOff.WITHDRAWN
    with pytest.raises(Refusal, match="You owe nothing for it"):
        await opened.press("ben", f"read:{MONDAY}:{opened.id(author)}")
    reply = text_of(await opened.do(sent))
    assert "took the answer back meanwhile, so your review is not shown" in reply
    await opened.advance(25 * HOUR)
    assert [review.texts["probe"] for review in await given(opened, author)] == [REVIEW["probe"]]
    assert await posted(opened, author) == []


async def test_an_answer_given_anew_is_reviewed_anew(opened: Study) -> None:
    """An answer that was taken back and given again gets a review of its own; the old one does not come back."""
    await opened.command("asha", "/tpm-admin reviews give=off")
    messages = {}
    for name, text in zip(FOUR, (ANSWER, OTHER_ANSWER) * 2, strict=True):
        messages[name] = await opened.said(name, text)
        await opened.do(messages[name])
    await opened.settle()
    first = (await reviewers(opened, "ben"))[0]
    await give(opened, first, "ben")
    await opened.settle()
    await opened.do(await opened.deleted(messages["ben"]))
    await opened.advance(HOUR)
    await opened.say("ben", f"{OTHER_ANSWER} This time I begin with the nurses.")
    await opened.advance(9 * HOUR)
    assert await posted(opened, "ben") == []
    assert await reviewers(opened, "ben") != []
    assert first not in await reviewers(opened, "ben")


async def test_one_member_alone_is_told_so(opened: Study) -> None:
    """With reviews on and one member alone nobody is asked; after 36 hours the facilitators have the answer."""
    await opened.command("asha", "/tpm-admin reviews on")
    await opened.say("asha")
    await opened.advance(9 * HOUR)
    assert await states(opened, "asha") == []
    assert "nobody is free to review it yet" in text_of(await opened.command("asha", "/tpm-question"))
    await opened.advance(28 * HOUR)
    (entry,) = await opened.ports.peers.inbox(await opened.group_id())
    assert (entry.kind, entry.author_id) == (InboxKind.UNREVIEWED, opened.id("asha"))


async def test_all_away_is_looked_at_every_hour(opened: Study) -> None:
    """While all others are away nobody is asked; the hour after one is back, they are."""
    await opened.command("asha", "/tpm-admin reviews on")
    for name in ("ben", "chen"):
        await opened.command(name, "/tpm-me away today")
    await answered(opened, TRIO)
    await opened.advance(9 * HOUR)
    assert await states(opened, "asha") == []
    await opened.command("ben", "/tpm-me away off")
    await opened.advance(HOUR)
    assert await reviewers(opened, "asha") == ["ben"]


async def test_a_flag_storm_is_one_entry(asked: Study) -> None:
    """Many flags on one review are one entry in the inbox, and one message a day to who runs the group."""
    await asked.command("asha", "/tpm-admin reviews give=off")
    author = await author_for(asked)
    await give(asked, "ben", author)
    await asked.settle()
    flag = await action(asked, author, "Flag")
    for name in ("asha", "chen", "dara", "eve", "finn") * 3:
        assert "oted" in text_of(await asked.press(name, flag))
    await asked.advance(24 * HOUR)
    inbox = await asked.ports.peers.inbox(await asked.group_id())
    (entry,) = [entry for entry in inbox if entry.kind is InboxKind.FLAG]
    assert (entry.kind, entry.reviewer_id) == (InboxKind.FLAG, asked.id("ben"))
    assert len([text for text in asked.direct("asha") if "/tpm-admin inbox" in text]) == 1


async def test_turned_off_in_the_middle_nobody_owes(asked: Study) -> None:
    """Turning reviews off calls open duties off without blame; what was given stays, and one being written is taken."""
    author = await author_for(asked)
    sent = await submission(asked, "ben", author)
    await asked.command("asha", "/tpm-admin reviews off")
    await asked.settle()
    assert await called_off(asked, author, "ben") is CallOff.SWITCHED_OFF
    assert [await reviewers(asked, name) for name in FOUR] == [[], [], [], []]
    assert text_of(await asked.command("ben", "/tpm-review")) == "Peer reviews are off in this group."
    assert text_of(await asked.do(sent)).startswith("Saved.")
    await asked.advance(40 * HOUR)
    assert len(await posted(asked, author)) == 1
    assert await asked.ports.peers.inbox(await asked.group_id()) == []


async def test_reactions_reach_the_reviewer_once(asked: Study) -> None:
    """The author alone can say that a review was used; a reaction is noted and told once."""
    await asked.command("asha", "/tpm-admin reviews give=off")
    author = await author_for(asked)
    await give(asked, "ben", author)
    await asked.settle()
    used, thanks = [await action(asked, author, label) for label in ("I used this", "Thanks")]
    with pytest.raises(Refusal, match="Only the author of the answer"):
        await asked.press("dara", used)
    with pytest.raises(Refusal, match="That is your own review"):
        await asked.press("ben", thanks)
    for _ in range(3):
        await asked.press(author, used)
    await asked.advance(24 * HOUR)
    assert len([text for text in asked.direct("ben") if text.startswith(f"{author} used your review")]) == 1
    stored = await asked.ports.peers.reactions(await asked.group_id(), [MONDAY])
    assert [each.kind for each in stored] == ["used"]
    assert asked.id("ben") not in used


async def test_not_with_is_confidential(opened: Study) -> None:
    """Two of whom one asked not to meet never review each other, and only who asked ever sees it."""
    for name in FOUR:
        await opened.command(name, "/tpm-streak")
    shown = text_of(await opened.command("asha", "/tpm-me not-with ben"))
    assert "No reviews with: ben" in shown
    await answered(opened, apart=False)
    await opened.advance(30 * HOUR)
    assert "ben" not in await duties(opened, "asha")
    assert "asha" not in await duties(opened, "ben")
    for name in ("ben", "chen"):
        texts = [text_of(await opened.command(name, line)) for line in ("/tpm-me", "/tpm-review", "/tpm-me export")]
        export = card(await opened.command(name, "/tpm-me export")).file
        assert export is not None
        assert json.loads(export.content)["not_with"] == []
        assert not any("not-with asha" in text or "with: asha" in text for text in texts)
    with pytest.raises(Refusal, match="You cannot review that answer"):
        await opened.press("ben", f"review:{MONDAY}:{opened.id('asha')}")
    again = text_of(await opened.command("asha", "/tpm-me not-with ben"))
    assert "No reviews with: nobody" in again


@pytest.mark.parametrize(("value", "says"), [("", "Name one member"), ("asha", "never review"), ("zoe", "Nobody here")])
async def test_not_with_nobody_is_refused(asked: Study, value: str, says: str) -> None:
    """A name that is missing, unknown or one's own changes nothing, and says why."""
    with pytest.raises(Refusal, match=says):
        await asked.command("asha", f"/tpm-me not-with {value}")


async def test_what_was_written_is_exported(asked: Study) -> None:
    """A member's export holds the reviews that they gave, those that were shown to them, and their drafts."""
    await asked.command("asha", "/tpm-admin reviews give=off")
    author = await author_for(asked)
    await give(asked, "ben", author)
    await asked.settle()
    mine, theirs = [card(await asked.command(name, "/tpm-me export")).file for name in ("ben", author)]
    assert mine is not None
    assert theirs is not None
    assert json.loads(mine.content)["peer_reviews"]["given"][0]["texts"]["probe"] == REVIEW["probe"]
    assert json.loads(theirs.content)["peer_reviews"]["got"][0]["texts"]["probe"] == REVIEW["probe"]


async def test_a_made_up_review_of_a_stranger_is_given_back(asked: Study) -> None:
    """Words sent for an answer that one may not review are given back in a file, and nothing is stored."""
    sent = Submission(asked.caller("eve"), f"review:{MONDAY}:{asked.id('eve')}", dict(REVIEW))
    back = card(await asked.do(sent))
    assert back.file is not None
    assert REVIEW["change"].encode() in back.file.content
    own = replace(sent, caller=asked.caller("asha"), action=f"review:{MONDAY}:{asked.id('asha')}")
    assert card(await asked.do(own)).file is not None
    assert await given(asked, "asha") == []
