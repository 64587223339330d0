from __future__ import annotations

import difflib
import json
from collections import Counter
from datetime import datetime, time

import pytest

from tests.e2e.first_week import GOLDEN, QUESTIONS, the_week, transcript
from tests.e2e.program import Line, Outcome

DAYS = [f"2026-10-{day}" for day in range(21, 28)]
ANSWERED = {"asha": 6, "ben": 7, "chen": 4, "dara": 5}
"""How many answers each member gave, the late one and the withdrawn one included."""
LEDGERS = {
    "asha": "answered answered answered answered frozen answered answered",
    "ben": "answered frozen answered answered answered answered answered",
    "chen": "answered answered away away answered answered open",
    "dara": "answered frozen frozen missed answered answered answered",
}
STREAKS = {"asha": (6, 6, 1), "ben": (6, 6, 1), "chen": (4, 4, 2), "dara": (3, 3, 0)}
"""Current, best, and freezes left."""
PUBLIC = ("channel", "thread")


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The week, played once."""
    return the_week(tmp_path_factory.mktemp("week"))


def test_each_line_of_the_week_is_as_written_down(week: Outcome) -> None:
    """The week prints the golden transcript, line by line."""
    wanted, printed = GOLDEN.read_text(encoding="utf-8").splitlines(), transcript(week.lines)
    difference = difflib.unified_diff(_readable(wanted), _readable(printed), "golden", "printed", lineterm="")
    assert wanted == printed, "\n".join(["", *difference, "If this is meant: python -m tests.e2e.first_week"])


def test_one_question_a_day_at_nine(week: Outcome) -> None:
    """Each day has one post, on the minute at 09:00 on the group's clocks, also when clocks go back in the night."""
    posts = week.of(kind="post")
    assert [line.data["day"] for line in posts] == DAYS
    assert [datetime.fromisoformat(line.at).time() for line in posts] == [time(9)] * len(DAYS)
    assert [line.at[-6:] for line in posts] == ["+02:00"] * 4 + ["+01:00"] * 3
    assert {line.place for line in posts} == {"channel"}


def test_the_answers_speak_to_the_questions(week: Outcome) -> None:
    """The seven questions are those that the script's answers were written for, in that order."""
    assert tuple(line.data["question"] for line in week.of(kind="post")) == QUESTIONS


def test_each_answer_gets_one_feedback(week: Outcome) -> None:
    """Every answer gets one feedback in the thread, edited in place afterwards, whatever was restarted meanwhile."""
    cards = week.feedback()
    assert Counter(line.to for line in cards) == ANSWERED
    assert set(Counter((line.to, line.data["day"]) for line in cards).values()) == {1}


def test_feedback_has_every_section(week: Outcome) -> None:
    """Each feedback names all sections of the framework, and quotes only what its member wrote."""
    cards = [line for line in week.lines if "sections" in line.data]
    assert {tuple(section["key"] for section in line.data["sections"]) for line in cards} == {_framework_keys()}
    for line in cards:
        words = _words_of(week, line.to)
        assert all(quote in words for quote in line.data["quotes"]), line


def test_ledgers_explain_the_streaks(week: Outcome) -> None:
    """Each member's streak is what their ledger of the seven days says."""
    cards = {line.data["member"]: line.data for line in week.lines if "ledger" in line.data}
    assert {name: " ".join(day["mark"] for day in card["ledger"]) for name, card in cards.items()} == LEDGERS
    assert {name: (card["current"], card["best"], card["freezes_left"]) for name, card in cards.items()} == STREAKS
    assert all([day["day"] for day in card["ledger"]] == DAYS for card in cards.values())


def test_a_freeze_is_named(week: Outcome) -> None:
    """A day that a freeze saved is told as one in the ledger that the member sees."""
    ben = next(text for text in week.private("ben") if text.startswith("Your streak"))
    assert "Thu 22 Oct: not in time, a freeze kept your streak (streak 1)" in ben


def test_a_late_answer_keeps_its_day(week: Outcome) -> None:
    """An answer to the post of the day before gets feedback on that day's question, and changes no streak."""
    late = [line for line in week.feedback("ben") if line.data["day"] == "2026-10-22"]
    assert [line.at[:10] for line in late] == ["2026-10-23"]
    assert late[0].data["question"] == "rag-aircraft-manuals"


def _reminders(week: Outcome) -> list[Line]:
    """Dara's reminders of open questions; she is asked for reviews as well."""
    return [line for line in week.of(place="dm", to="dara") if line.text.startswith("The question in")]


def test_a_withdrawn_answer_takes_its_card_along(week: Outcome) -> None:
    """Deleting an answer removes the feedback that quoted it, and the day is open again."""
    removed = week.of(kind="delete")
    assert [(line.to, line.data["day"]) for line in removed] == [("dara", "2026-10-22")]
    reminders = [line.at[:16] for line in _reminders(week)]
    assert reminders[0] == "2026-10-22T20:00"


def test_a_reminder_comes_on_open_days_only(week: Outcome) -> None:
    """A reminder comes at the member's time on each day whose question they have not answered, and on no other."""
    days = [datetime.fromisoformat(line.at) for line in _reminders(week)]
    assert [at.day for at in days] == [22, 23, 24]
    assert {at.time() for at in days} == {time(20)}


def test_an_edited_answer_is_judged_once_more(week: Outcome) -> None:
    """An edit marks the standing feedback as old, and asking again replaces it in place with the new version's."""
    edits = [line for line in week.of(kind="edit", to="asha") if line.data["day"] == "2026-10-22"]
    assert [line.data["version"] for line in edits] == [1, 2]
    assert "[Review my edit]" in edits[0].text
    assert "[Review my edit]" not in edits[1].text


def test_a_form_that_comes_back_keeps_its_words(week: Outcome) -> None:
    """A form that is too short comes back with what was typed and the reason."""
    returned = [line for line in week.of(kind="form", to="chen") if line.data["errors"]]
    assert len(returned) == 1
    assert returned[0].data["fields"][0]["value"] == "Not sure"
    assert "I count 2 words" in returned[0].text


def test_nothing_is_said_twice(week: Outcome) -> None:
    """No message of the bot in the channel or a thread stands there twice."""
    said = Counter((line.place, line.to, line.text) for line in week.of(kind="reply") if line.place in PUBLIC)
    assert [message for message, count in said.items() if count > 1] == []


def test_everything_can_be_taken_along(week: Outcome) -> None:
    """The export holds each answer that stands, as it was written, and none that was withdrawn."""
    file = json.loads(week.of(kind="file", to="dara")[0].text)
    assert [day["day"] for day in file["days"]] == [DAYS[0], DAYS[4], DAYS[5], DAYS[6]]
    assert all(day["answer"] and day["question"] for day in file["days"])


def _readable(records: list[str]) -> list[str]:
    indented = (json.dumps(json.loads(record), indent=1, ensure_ascii=False) for record in records)
    return [row for record in indented for row in record.splitlines()]


def _framework_keys() -> tuple[str, ...]:
    from bot.infra.library import packaged_library

    return tuple(section.key for section in packaged_library().framework.sections)


def _words_of(week: Outcome, name: str) -> str:
    """Everything that a member wrote, in threads or by form."""
    typed = [line.text for line in week.lines if line.author == name]
    forms = [line.text.replace("\n> ", "\n") for line in week.lines if line.text.startswith(f"Answer by {name}\n")]
    return "\n".join([*typed, *forms])
