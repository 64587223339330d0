from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.parse import days_text, parse_day, parse_days, parse_levels, parse_time, parse_window, parse_zone
from bot.errors import Refusal

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Paris", "Europe/Paris"),
        ("europe/paris", "Europe/Paris"),
        (" paris ", "Europe/Paris"),
        ("New York", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("ho chi minh", "Asia/Ho_Chi_Minh"),
        ("US/Eastern", "US/Eastern"),
        ("utc", "UTC"),
    ],
)
def test_a_zone_is_known_by_its_name_or_its_city(text: str, zone: str) -> None:
    """A zone may be written in any case, with blanks and accents, or as a city alone."""
    assert parse_zone(text) == zone


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("EST5", "America/New_York"),
        ("PST", "America/Los_Angeles"),
        ("londn", "Europe/London"),
        ("Europe/Pariss", "Europe/Paris"),
        ("Berlin, Germany", "Europe/Berlin"),
        ("istanbul", "Asia/Istanbul or Europe/Istanbul"),
        ("Mars/Base", "such as Europe/Paris"),
        ("", "such as Europe/Paris"),
        ("GMT+5", "such as Europe/Paris"),
        ("../../etc/passwd", "such as Europe/Paris"),
        ("a" * 40_000, "such as Europe/Paris"),
    ],
)
def test_an_unknown_zone_is_refused_with_the_nearest(text: str, hint: str) -> None:
    """What is no zone, or more than one, is refused in a short sentence that says what to write instead."""
    with pytest.raises(Refusal) as refused:
        parse_zone(text)
    assert hint in str(refused.value)
    assert len(str(refused.value)) < 200


@given(st.sampled_from(sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))))
def test_every_region_and_city_is_accepted(name: str) -> None:
    """Each name of region and city in the zone database is accepted as it stands and in small letters."""
    assert parse_zone(name) == parse_zone(name.lower()) == name
    assert ZoneInfo(parse_zone(name)).key == name


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("9", time(9)),
        ("9:00", time(9)),
        ("09:00", time(9)),
        ("9am", time(9)),
        ("9 AM", time(9)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("9:30 pm", time(21, 30)),
        ("21h30", time(21, 30)),
        ("0:00", time(0)),
        ("23:59", time(23, 59)),
    ],
)
def test_a_time_is_read_in_the_forms_people_use(text: str, clock: time) -> None:
    """Hours alone, hours and minutes, and both halves of the day are read."""
    assert parse_time(text) == clock


@pytest.mark.parametrize("text", ["24:00", "13pm", "0am", "9:5", "9:60", "nine", "", "-1", "9:00:00", "9" * 5_000])
def test_a_wrong_time_is_refused_with_the_form(text: str) -> None:
    """What is no time is refused with examples of the form."""
    with pytest.raises(Refusal, match="9:00, 21:30 or 9am"):
        parse_time(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", {1, 2, 3, 4, 5}),
        ("mon,wed,fri", {1, 3, 5}),
        ("daily", set(range(1, 8))),
        ("fri-mon", {5, 6, 7, 1}),
        ("Monday to Thursday", {1, 2, 3, 4}),
        ("tue and thu", {2, 4}),
        ("weekdays, sat", {1, 2, 3, 4, 5, 6}),
        ("mon – wed", {1, 2, 3}),
        ("Mondays", {1}),
    ],
)
def test_days_are_read_as_lists_and_ranges(text: str, days: set[int]) -> None:
    """Lists, ranges, ranges over the weekend and plain words for days are read."""
    assert parse_days(text) == days


@pytest.mark.parametrize("text", ["", " , ", "m", "mon-", "-fri", "mon-wed-fri", "monfri", "1-5", "funday"])
def test_wrong_days_are_refused_with_the_form(text: str) -> None:
    """What is no list of days is refused with examples of the form."""
    with pytest.raises(Refusal, match="mon-fri, mon,wed,fri or daily"):
        parse_days(text)


@given(st.frozensets(st.integers(1, 7), min_size=1))
def test_printed_days_are_read_back(days: frozenset[int]) -> None:
    """Whatever days are printed, reading them gives the same days."""
    assert parse_days(days_text(days)) == days


@pytest.mark.parametrize(
    ("days", "text"),
    [
        ({1, 2, 3, 4, 5}, "mon-fri"),
        ({1, 3, 5}, "mon,wed,fri"),
        ({6, 7}, "sat,sun"),
        ({5, 6, 7, 1}, "fri-mon"),
        (range(1, 8), "daily"),
    ],
)
def test_days_are_printed_as_people_write_them(days: set[int], text: str) -> None:
    """Three days in a row or more are a range, also over the weekend; fewer are a list."""
    assert days_text(days) == text


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("2026-2-3", date(2026, 2, 3)),
        ("2028-02-29", date(2028, 2, 29)),
        ("today", FRIDAY),
        ("Tomorrow", date(2026, 11, 21)),
        ("fri", FRIDAY),
        ("thu", date(2026, 11, 26)),
    ],
)
def test_a_date_is_read(text: str, day: date) -> None:
    """A date is year, month and day, or today, tomorrow, or the next such weekday from today on."""
    assert parse_day(text, FRIDAY) == day


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("2026-02-30", "There is no date 2026-02-30"),
        ("2027-02-29", "There is no date 2027-02-29"),
        ("0000-01-01", "There is no date 0000-01-01"),
        ("1 dec", "“1 dec”"),
        ("", "missing"),
        ("\u202e\x00x", "“�x”"),
    ],
)
def test_a_wrong_date_is_refused_by_name(text: str, named: str) -> None:
    """What is no date is refused in a sentence that repeats it, made harmless."""
    with pytest.raises(Refusal) as refused:
        parse_day(text, FRIDAY)
    assert named in str(refused.value)


@pytest.mark.parametrize(
    ("read", "text", "example"),
    [
        (parse_zone, "Mars/Base", "such as Europe/Paris"),
        (parse_zone, "istanbul", "Asia/Istanbul"),
        (parse_time, "25:00", "9:00"),
        (parse_time, "", "9:00"),
        (parse_days, "moonday", "mon-fri"),
        (parse_window, "48", "36"),
        (parse_levels, "9", "such as 1,2"),
        (lambda text: parse_day(text, FRIDAY), "someday", "2026-11-20"),
        (lambda text: parse_day(text, FRIDAY), "2026-02-30", "such as 2026-11-20"),
    ],
)
def test_every_refusal_has_an_example_and_says_that_nothing_changed(
    read: Callable[[str], object], text: str, example: str
) -> None:
    """What cannot be read is refused with a good example, and the last words are that nothing was changed."""
    with pytest.raises(Refusal) as refused:
        read(text)
    assert example in str(refused.value)
    assert str(refused.value).endswith((". Nothing was changed.", "? Nothing was changed."))


@given(st.text(max_size=80))
def test_any_text_gives_a_value_or_a_refusal(text: str) -> None:
    """No text whatever makes a reader of schedules fail in another way than by a short Refusal."""
    for read in (parse_zone, parse_time, parse_days, lambda typed: parse_day(typed, FRIDAY)):
        assert 0 < len(_value_or_message(read, text)) < 250


def _value_or_message(read: Callable[[str], object], text: str) -> str:
    try:
        return repr(read(text))
    except Refusal as refused:
        return str(refused)
