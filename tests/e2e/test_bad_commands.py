from __future__ import annotations

import itertools

import pytest

from tests.e2e.program import Outcome, played

UNCHANGED = "Nothing was changed."
REFUSED = (
    ("ben", "/tpm-strek", "There is no command /tpm-strek. Did you mean /tpm-streak?"),
    ("ben", "/frobnicate", "There is no command /frobnicate. /tpm-help lists what there is."),
    ("ben", "/", "There is no command /."),
    ("ben", "/tpm-question ragsystems", "The bank has no topic “ragsystems”. Did you mean rag-systems?"),
    ("ben", "/tpm-question halucinations", "Did you mean hallucination?"),
    ("ben", "/tpm-question knitting", "The bank has no topic “knitting”. Topics: agent-systems, "),
    ("ben", "/tpm-question evals 9", "A level is 1 (warm-up), 2 (core) or 3 (stretch)."),
    ("ben", "/tpm-question evals 1 please", "I do not know what to do with “please”."),
    ("ben", "/tpm-feedback agian", "I do not know “agian” here. Did you mean again?"),
    ("ben", "/tpm-me remainders 18:00", "Did you mean reminders?"),
    ("ben", "/tpm-me reminders soon", "I cannot read the time “soon”. Write it as 9:00, 21:30 or 9am."),
    ("ben", "/tpm-me quiet 22", "Write quiet hours as two times with a dash"),
    ("ben", "/tpm-me quiet 22:00-25:00", "I cannot read the time “25:00”."),
    ("ben", "/tpm-me away", "Write one date or two, such as 2026-12-01 2026-12-05, or off."),
    ("ben", "/tpm-me away 2026-02-30", "There is no date 2026-02-30 in the calendar."),
    ("ben", "/tpm-me away 2026-12-05 2026-12-01", "The last day comes before the first."),
    ("ben", "/tpm-me away 2026-10-01", "Those days are over."),
    ("ben", "/tpm-me feedback maybe", "Write on or off."),
    ("ben", "/tpm-help nonsense", "There is no command /nonsense."),
    ("ben", "/tpm-feedback", "There is no answer of yours to give feedback on yet."),
    ("ben", "/tpm-admin pause", f"Only a facilitator or an admin of this group can do that. {UNCHANGED}"),
    ("ben", "/tpm-admin setup zone=UTC", f"Only an admin of this group can do that. {UNCHANGED}"),
    ("asha", "/tpm-admin shedule", f"/tpm-admin has no shedule. Did you mean schedule? {UNCHANGED}"),
    ("asha", "/tpm-admin schedule zone=Europe/Pariss", "no time zone “Europe/Pariss”. Did you mean Europe/Paris?"),
    ("asha", "/tpm-admin schedule zone=EST5", "Did you mean America/New_York?"),
    ("asha", "/tpm-admin schedule zone=Mars/Base", "Write a region and a city, such as Europe/Paris."),
    ("asha", "/tpm-admin schedule at=25:00", "I cannot read the time “25:00”. Write it as 9:00, 21:30 or 9am."),
    ("asha", "/tpm-admin schedule days=moonday", "I cannot read the list of days “moonday”."),
    ("asha", "/tpm-admin skip yesterday", "I cannot read the date “yesterday”."),
    ("asha", "/tpm-admin skip 2020-01-01", "so there is nothing to skip."),
    ("asha", "/tpm-admin skip today", "so there is nothing to skip."),
    ("asha", "/tpm-admin post-now", "is already posted, and a day has one question. Nothing was posted."),
    ("asha", "/tpm-admin members nobody", f"Nobody here is called nobody. Members: asha, ben. {UNCHANGED}"),
    ("asha", "/tpm-admin setup zone=UTC feedback=loud", "“loud” here. It can be thread, brief, private, sealed."),
    ("asha", "/tpm-admin setup mode=seeled", "I do not know “seeled” here. Did you mean sealed?"),
    ("asha", "/tpm-admin setup window=48", "I do not know “48” here. It can be 36, 24, 12, 8, 4."),
)
"""Who types what, and what they are told."""
HOSTILE = "<!channel> @everyone \u202eevil [x](http://a.example) " + "a" * 500


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A day on which everything is typed wrong, and at its end the settings are looked at."""
    lines = [f"{name}> {command}" for name, command, _ in REFUSED]
    lines += ["asha> /tpm-admin schedule", "ben> /tpm-me", f"cleo> /{HOSTILE}", f"cleo> /tpm-question {HOSTILE}"]
    return played(tmp_path_factory.mktemp("typed"), "\n".join(lines) + "\n")


@pytest.mark.parametrize("number", range(len(REFUSED)), ids=[command for _, command, _ in REFUSED])
def test_what_is_typed_wrong_is_explained(typed: Outcome, number: int) -> None:
    """A command that cannot be done as typed says why, with the nearest that can."""
    name, _, told = REFUSED[number]
    mine = [at for at, (whose, _, _) in enumerate(REFUSED) if whose == name]
    assert told in typed.private(name)[mine.index(number)]


def test_a_refused_command_changes_nothing(typed: Outcome) -> None:
    """After any number of refused commands, the group's and the member's settings are as they were."""
    schedule = next(line.data for line in typed.lines if "next" in line.data)
    assert (schedule["zone"], schedule["at"], schedule["days"]) == ("Europe/Paris", "09:00", "mon-fri")
    assert (schedule["feedback"], schedule["paused"]) == ("thread", False)
    settings = next(line.data for line in typed.lines if "auto_feedback" in line.data)
    assert settings == {"reminder": None, "quiet": None, "away": [], "auto_feedback": True, "probes": True}


def test_what_is_repeated_to_a_member_is_short(typed: Outcome) -> None:
    """A refusal repeats at most a few words of what was typed, however long that was."""
    assert len(typed.private("cleo")) == 2
    assert all("a" * 100 not in text for text in typed.private("cleo"))


def test_refusals_are_private(typed: Outcome) -> None:
    """What somebody typed wrong is told to them alone."""
    assert {line.place for line in typed.of(kind="reply")} == {"only-you"}


def test_forms_name_the_wrong_field(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A setup form with a wrong zone, time or list of days comes back with the reason at that field."""
    tries = [('zone="Nowhere"; at="8"; days="mon"', "zone"), ('zone="UTC"; at="99"; days="mon"', "at")]
    tries += [('zone="UTC"; at="8"; days="never"', "days")]
    lines = ["asha> /tpm-admin setup", *(f"asha> {{{values}}}" for values, _ in tries), "asha> /tpm-admin schedule"]
    outcome = played(tmp_path_factory.mktemp("form"), "\n".join(lines) + "\n")
    returned = [line.data for line in outcome.of(kind="form")][1:]
    assert [list(form["errors"]) for form in returned] == [[field] for _, field in tries]
    assert returned[0]["fields"][1]["value"] == "8"
    assert outcome.lines[-1].data["zone"] == "Europe/Paris"


def test_a_day_that_has_its_question_is_not_planned_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Moving the schedule to later the same day announces no second question for that day, and posts none."""
    script = "asha> /tpm-admin schedule at=18:00\nasha> /tpm-admin skip\n! advance 2d\n"
    outcome = played(tmp_path_factory.mktemp("moved"), script)
    first, second = (line.data["next"] for line in outcome.lines if "next" in line.data)
    assert first[0] == "2026-10-22"
    assert second[0] == "2026-10-23"
    assert [line.data["day"] for line in outcome.of(kind="post")] == ["2026-10-21"]


def test_another_practice_question_is_another(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Part of a topic's name finds it, and [Another one] never shows the question that it stands under."""
    script = "ben> /tpm-question rag\n" + "ben> [Another one]\n! advance 1m\n" * 6
    outcome = played(tmp_path_factory.mktemp("practice"), script)
    shown = [line.data["question"] for line in outcome.of(place="only-you", to="ben")]
    assert len(shown) == 7
    assert all(before != after for before, after in itertools.pairwise(shown))
    assert {line.data["topic"] for line in outcome.of(place="only-you", to="ben")} == {"rag-systems"}
