from __future__ import annotations

from datetime import timedelta

import pytest

from bot.ports import Where
from bot.usecases.notify import tell_facilitators
from tests.usecases.study import HOUR, MINUTE, MONDAY, Study

DAY = timedelta(days=1)


async def test_a_reminder_comes_while_the_question_is_open(study: Study) -> None:
    """A member who asked for it is reminded at their time on a day with an open question, once."""
    await study.command("ben", "/tpm-me reminders 18:00")
    await study.advance(10 * HOUR)
    await study.restart()
    await study.settle()
    (told,) = study.direct("ben")
    assert "is still open: " in told
    assert study.direct("chen") == []


async def test_a_reminder_set_in_the_day_comes_that_day(opened: Study) -> None:
    """A reminder set while the question is open comes at its time, and not at once when that time has passed."""
    await opened.command("ben", "/tpm-me reminders 18:00")
    await opened.command("chen", "/tpm-me reminders 09:00")
    await opened.settle()
    assert opened.direct("chen") == []
    await opened.advance(9 * HOUR)
    assert (len(opened.direct("ben")), opened.direct("chen")) == (1, [])


async def test_who_has_answered_is_not_reminded(opened: Study) -> None:
    """An answer in time makes the reminder needless; one that was withdrawn does not."""
    for name in ("ben", "chen"):
        await opened.command(name, "/tpm-me reminders 18:00")
    await opened.say("ben")
    message = await opened.said("chen")
    await opened.do(message)
    await opened.do(await opened.deleted(message))
    await opened.advance(10 * HOUR)
    assert (opened.direct("ben"), len(opened.direct("chen"))) == ([], 1)


@pytest.mark.parametrize("line", ["reminders off", "away today"])
async def test_a_change_of_mind_stops_the_reminder(opened: Study, line: str) -> None:
    """Who turned reminders off, or went away, after the reminder was planned is not reminded."""
    await opened.command("ben", "/tpm-me reminders 18:00")
    await opened.command("ben", f"/tpm-me {line}")
    await opened.advance(10 * HOUR)
    assert opened.direct("ben") == []


async def test_quiet_hours_move_a_reminder(study: Study) -> None:
    """A reminder inside quiet hours comes when they end."""
    await study.command("ben", "/tpm-me reminders 22:00")
    await study.command("ben", "/tpm-me quiet 21:00-08:00")
    await study.advance(DAY - 2 * MINUTE)
    assert study.direct("ben") == []
    await study.advance(3 * MINUTE)
    (message,) = study.standing(Where.DIRECT, "ben")
    assert f"{message.at:%H:%M}" == "07:00"


async def test_quiet_hours_past_the_window_end_the_reminder(study: Study) -> None:
    """When quiet hours last until the window is over there is no reminder."""
    await study.command("ben", "/tpm-me reminders 22:00")
    await study.command("ben", "/tpm-me quiet 21:00-09:30")
    await study.advance(DAY + HOUR - MINUTE)
    assert study.direct("ben") == []


async def test_a_late_reminder_keeps_quiet_hours(study: Study) -> None:
    """A reminder that fell due while the bot was away does not come in quiet hours."""
    await study.command("ben", "/tpm-me reminders 20:30")
    await study.command("ben", "/tpm-me quiet 21:00-08:00")
    await study.advance(2 * HOUR)
    study.sleep(13 * HOUR)
    await study.settle()
    assert study.direct("ben") == []
    await study.advance(10 * HOUR)
    assert len(study.direct("ben")) == 1


async def test_a_new_zone_moves_the_quiet_hours(study: Study) -> None:
    """A reminder planned before the zone changed does not come in the quiet hours of the new zone."""
    await study.command("ben", "/tpm-me reminders 20:00")
    await study.command("ben", "/tpm-me quiet 21:00-08:00")
    await study.advance(2 * HOUR)
    await study.command("asha", "/tpm-admin schedule zone=Asia/Tokyo")
    await study.advance(10 * HOUR)
    assert study.direct("ben") == []


async def test_nobody_gets_more_than_three_direct_messages_a_day(study: Study) -> None:
    """Whatever goes wrong on one date, a person gets two notices and one reminder, and they are never all notices."""
    group = await study.group()
    await study.command("asha", "/tpm-me reminders 20:00")
    await study.advance(HOUR)
    for kind in ("post", "review", "share", "audit", "redraw", "remind"):
        await tell_facilitators(study.ports, group, f"dead:{kind}:{MONDAY}")
    await study.advance(12 * HOUR)
    assert len(study.direct("asha")) == 3
    assert "is still open: " in study.direct("asha")[-1]
    await study.advance(DAY)
    assert len(study.direct("asha")) == 4


async def test_one_date_brings_one_reminder(study: Study) -> None:
    """Two questions whose reminders would fall on one date bring one."""
    await study.command("ben", "/tpm-me reminders 08:30")
    await study.advance(DAY + 31 * MINUTE)
    assert len(study.direct("ben")) == 1
    await study.command("ben", "/tpm-me reminders 10:00")
    await study.advance(3 * HOUR)
    assert len(study.direct("ben")) == 1
