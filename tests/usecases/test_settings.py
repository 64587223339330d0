from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.errors import Refusal
from bot.ports import Where
from tests.usecases.study import ANSWER, HOUR, MONDAY, OTHER_ANSWER, TALK, Study, card, text_of

DAY = timedelta(days=1)


async def test_settings_show_what_is_set(study: Study) -> None:
    """The card shows each setting with its command, and a change is shown by the next one."""
    first = card(await study.command("ben", "/tpm-me"))
    assert first.data == {"reminder": None, "quiet": None, "away": [], "auto_feedback": True, "probes": True}
    await study.command("ben", "/tpm-me reminders 6pm")
    await study.command("ben", "/tpm-me quiet 21:00-08:00")
    await study.command("ben", "/tpm-me feedback off")
    last = card(await study.command("ben", "/tpm-me away 2026-12-01 2026-12-05"))
    assert last.data == {
        "reminder": "18:00", "quiet": "21:00 to 08:00", "away": [["2026-12-01", "2026-12-05"]], "auto_feedback": False,
        "probes": True,
    }  # fmt: skip
    assert "Saved. Your settings" in last.plain


async def test_settings_can_be_turned_off(study: Study) -> None:
    """Each setting that can be set can be taken back with off."""
    for setting in ("reminders 18:00", "quiet 21:00-08:00", "away fri"):
        await study.command("ben", f"/tpm-me {setting}")
    for setting in ("reminders", "quiet", "away"):
        await study.command("ben", f"/tpm-me {setting} off")
    assert card(await study.command("ben", "/tpm-me show")).data["away"] == []
    assert card(await study.command("ben", "/tpm-me")).data["reminder"] is None


async def test_settings_are_one_s_own(study: Study) -> None:
    """What one member sets changes nobody else."""
    await study.command("ben", "/tpm-me reminders 18:00")
    assert card(await study.command("chen", "/tpm-me")).data["reminder"] is None


async def test_away_days_are_neutral(study: Study) -> None:
    """A question on an away day neither breaks a streak nor takes a freeze."""
    await study.advance(HOUR)
    await study.say("ben")
    await study.command("ben", "/tpm-me away 2026-11-24 2026-11-25")
    await study.advance(3 * DAY)
    await study.say("ben", OTHER_ANSWER)
    streak = await study.streak("ben")
    assert await study.marks("ben") == ["answered", "away", "away", "answered"]
    assert (streak.current, streak.freezes_left) == (2, 2)


async def test_an_answer_on_an_away_day_counts(study: Study) -> None:
    """Who answers although they are away has answered."""
    await study.advance(HOUR)
    await study.command("ben", "/tpm-me away today")
    await study.say("ben")
    assert await study.marks("ben") == ["answered"]


async def test_away_cannot_be_said_afterwards(study: Study) -> None:
    """A missed day cannot be made an away day later; a range that began before today begins today."""
    await study.command("ben", "/tpm-streak")
    await study.advance(DAY + HOUR)
    with pytest.raises(Refusal, match="Away dates cannot be added afterwards"):
        await study.command("ben", "/tpm-me away 2026-11-23")
    await study.command("ben", "/tpm-me away 2026-11-23 2026-11-25")
    await study.advance(DAY)
    assert (await study.marks("ben"))[:2] == ["missed", "away"]


async def test_coming_back_early_ends_a_stay(study: Study) -> None:
    """With off, the days that were away stay so and those ahead count again."""
    await study.command("ben", "/tpm-me away 2026-11-23 2026-11-27")
    await study.advance(DAY + 2 * HOUR)
    await study.command("ben", "/tpm-me away off")
    await study.advance(DAY)
    assert await study.marks("ben") == ["away", "missed", "open"]


async def test_away_ranges_are_limited_and_never_lost(study: Study) -> None:
    """Twenty ranges may lie ahead; those that are over stay, for they explain the streak, and are not shown."""
    await study.advance(HOUR)
    await study.command("ben", "/tpm-me away today")
    await study.advance(DAY)
    for day in range(1, 21):
        await study.command("ben", f"/tpm-me away 2026-12-{day:02}")
    await study.command("ben", "/tpm-me away 2026-12-20")
    with pytest.raises(Refusal, match="Too many away dates lie ahead"):
        await study.command("ben", "/tpm-me away 2026-12-21")
    shown = text_of(await study.command("ben", "/tpm-me"))
    assert "Mon 23 Nov" not in shown
    assert (await study.marks("ben"))[0] == "away"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("away", "Write one date or two"),
        ("away 2026-12-05 2026-12-01", "Write them in order, such as 2026-12-01 2026-12-05"),
        ("away 2026-10-05", "only from today on, such as 2026-11-23"),
        ("away 2026-02-30", "Write year, month and day, such as 2026-11-23"),
        ("away 2026-12-01 2026-12-02 2026-12-03", "Write one date or two"),
        ("quiet 21:00", "Write quiet hours as two times"),
        ("quiet late-early", "I cannot read the time “late”"),
        ("reminders soon", "I cannot read the time “soon”"),
        ("reminders", "The time is missing"),
        ("feedback maybe", "Write on or off"),
        ("remindrs 18:00", "Did you mean reminders"),
        ("action=everything", "I do not know “everything” here"),
    ],
)
async def test_a_wrong_setting_changes_nothing(study: Study, line: str, why: str) -> None:
    """What cannot be read is refused with the form that can, and nothing changes, as the last words say."""
    await study.command("ben", "/tpm-me")
    with pytest.raises(Refusal, match=rf"{why}.*Nothing was changed\.$"):
        await study.command("ben", f"/tpm-me {line}")
    ben = await study.member("ben")
    assert ben is not None
    assert (ben.remind_at, ben.quiet, ben.away, ben.auto_feedback) == (None, None, (), True)


async def test_the_export_holds_everything(opened: Study) -> None:
    """The export is one private file with settings, roles, streak, answers, feedback, drafts and kept talk."""
    first = next(iter(opened.ports.library.questions[(await opened.post()).question_id].weighed))
    await opened.command("ben", "/tpm-me quiet 21:00-08:00")
    await opened.command("asha", "/tpm-admin members ben")
    await opened.say("ben", TALK)
    await opened.say("ben")
    await opened.settle()
    await opened.submit("ben", MONDAY, {first: "a draft"})
    file = card(await opened.command("ben", "/tpm-me export")).file
    assert file is not None
    data = json.loads(file.content)
    assert data["settings"]["quiet"] == "21:00-08:00"
    assert data["roles"] == {"admin": False, "facilitator": True}
    assert data["streak"]["current"] == 1
    (day,) = data["days"]
    assert (day["day"], day["answer"], day["draft"]) == (str(MONDAY), ANSWER, {first: "a draft"})
    assert list(day["talk"].values()) == [TALK]
    assert day["feedback"]["kind"] == "self-check"


async def test_the_export_is_the_member_s_own(opened: Study) -> None:
    """An export holds nothing that others wrote, and it goes to nobody else."""
    await opened.say("ben", ANSWER)
    await opened.say("chen", OTHER_ANSWER)
    await opened.settle()
    file = card(await opened.press("chen", "export")).file
    assert file is not None
    assert OTHER_ANSWER in file.content.decode()
    assert ANSWER not in file.content.decode()
    assert all(message.card is None or message.card.file is None for message in opened.standing(Where.THREAD))
