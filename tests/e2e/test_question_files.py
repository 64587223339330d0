from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

import pytest

from tests.e2e.program import LONGEST_S, environment, play
from tests.house.programs import tool

COLUMNS = ("id", "title", "prompt", "topic", "level", "givens", "look_for")
Row = tuple[str, ...]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with the data of a group named study-group."""
    assert play(tmp_path, "asha> /tpm-streak\n").code == 0
    return tmp_path


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Such a folder for tests that change nothing."""
    folder = tmp_path_factory.mktemp("shared")
    assert play(folder, "asha> /tpm-streak\n").code == 0
    return folder


def questions(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`tpm-bot questions …` on that data."""
    return subprocess.run(
        [tool("tpm-bot"), "questions", *arguments],
        cwd=data,
        env=environment({"TPM_DATA_DIR": str(data / "data")}),
        capture_output=True,
        encoding="utf-8",
        timeout=LONGEST_S,
        check=False,
    )


def row(number: int, **changes: str) -> Row:
    typed = {
        "id": f"own-{number}", "title": f"Question {number}", "topic": "evals", "level": str(number % 3 + 1),
        "prompt": f"How would you build assistant {number} for a museum, and what would you measure first?",
        "givens": f"{number + 1} visitors a day\nAnswers within 2 s", "look_for": "s4: what is lost -> by how much",
    }  # fmt: skip
    return tuple((typed | changes)[name] for name in COLUMNS)


def written(folder: Path, rows: list[Row], name: str = "bank.csv") -> str:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return str(path)


def exported(data: Path, form: str = "json") -> str:
    done = questions(data, "export", "--group", "study-group", "--format", form)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_file_that_cannot_be_written_is_named(shared: Path) -> None:
    """An export into a folder that is not there, or onto one, says so in one line and exits with 1."""
    for output in (shared, shared / "none" / "bank.csv"):
        done = questions(shared, "export", "--output", str(output))
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"{output} cannot be written: ")


def test_a_bad_row_among_ten_thousand_changes_nothing(data: Path) -> None:
    """An import of 10,000 rows with a bad one in the middle names its line and changes nothing; mended, all come in."""
    rows = [row(number) for number in range(10_000)]
    assert questions(data, "import", written(data, [row(1, title="As it was")])).returncode == 0
    before = exported(data)
    bad = questions(data, "import", written(data, [*rows[:5_000], row(5_000, level="9"), *rows[5_001:]]))
    assert bad.returncode == 1
    faults = [line for line in bad.stdout.splitlines() if ": warning: " not in line]
    assert faults == [f"{data / 'bank.csv'}:10002: level: must be one of 1, 2, 3, is 9"]
    assert "nothing was changed" in bad.stderr
    assert exported(data) == before
    good = questions(data, "import", written(data, rows))
    told = "study-group: 9999 added, 1 changed, 0 unchanged; 9999 nearly the same as another\n"
    assert (good.returncode, good.stderr) == (0, told)
    assert len(json.loads(exported(data))) == 10_000


def test_a_dry_run_names_every_fault_and_changes_nothing(data: Path) -> None:
    """A dry run prints each fault with file, line, field and rule, or what would change, and changes nothing."""
    faulty = [
        row(1),
        row(2, prompt="One? Two? Three?"),
        row(1),
        row(3, topic="knitting"),
        row(4, id="rag-ferry-handbook"),
    ]
    path = written(data, faulty)
    dry = questions(data, "import", path, "--dry-run", "--json")
    assert dry.returncode == 1
    found = [(fault["line"], fault["field"]) for fault in json.loads(dry.stdout)["faults"]]
    assert found == [(2, "id"), (4, "prompt"), (6, "id"), (8, "topic"), (10, "id")]
    fine = questions(data, "import", written(data, faulty[:1]), "--dry-run")
    assert (fine.returncode, fine.stdout) == (0, "")
    assert fine.stderr == "study-group: 1 added, 0 changed, 0 unchanged; a dry run, nothing was changed\n"
    assert exported(data) == "[]\n"


def test_near_duplicates_are_named_and_come_in_all_the_same(data: Path) -> None:
    """Each row near to a question of the bank or to a row before it is named with line, id and title, and comes in."""
    handbook = "A ferry company in Greece wants a RAG assistant over the crew handbook. How would you build it?"
    rows = [
        row(0),
        row(1, prompt=handbook, givens=""),
        row(2, prompt="What is RAG?", givens=""),
        row(3, prompt="How should a museum build assistant 0, and what would it measure first?", givens=""),
    ]
    path = written(data, rows)
    says = "prompt: warning: says nearly the same as the prompt of"
    told = [
        f"{path}:4: {says} rag-ferry-handbook, “Handbook assistant for a ferry company”",
        f"{path}:6: {says} own-0, “Question 0”",
    ]
    dry = questions(data, "import", path, "--dry-run")
    assert dry.returncode == 0
    assert [line.rpartition(" (")[0] for line in dry.stdout.splitlines()] == told
    assert "2 nearly the same as another; a dry run, nothing was changed" in dry.stderr
    assert exported(data) == "[]\n"
    done = json.loads(questions(data, "import", path, "--json").stdout)
    assert (done["done"], done["faults"], [each["line"] for each in done["warnings"]]) == (True, [], [4, 6])
    again = questions(data, "import", path)
    assert (again.stdout, again.stderr) == ("", "study-group: 0 added, 0 changed, 4 unchanged\n")


@pytest.mark.parametrize("form", ["md", "csv", "json"])
def test_what_is_exported_can_be_imported_elsewhere(data: Path, form: str) -> None:
    """A group's questions, imported into an empty bank, export as the same file; imported again, nothing changes."""
    assert questions(data, "import", written(data, [row(number) for number in range(5)])).returncode == 0
    file = data / f"out.{form}"
    file.write_text(exported(data, form), encoding="utf-8", newline="")
    again = questions(data, "import", str(file))
    assert again.stderr == "study-group: 0 added, 0 changed, 5 unchanged\n"
    other = data / "other"
    other.mkdir()
    assert play(other, "asha> /tpm-streak\n").code == 0
    assert questions(other, "import", str(file)).returncode == 0
    assert exported(other, form) == file.read_text(encoding="utf-8")


def test_the_packaged_bank_is_known_everywhere(data: Path) -> None:
    """The packaged bank, exported and imported, changes nothing; with one of its words changed it is refused."""
    whole = questions(data, "export", "--format", "json")
    file = data / "whole.json"
    file.write_text(whole.stdout, encoding="utf-8")
    count = len(json.loads(whole.stdout))
    assert questions(data, "import", str(file)).stderr == f"study-group: 0 added, 0 changed, {count} unchanged\n"
    file.write_text(whole.stdout.replace('"minutes": 15', '"minutes": 20', 1), encoding="utf-8")
    changed = questions(data, "import", str(file))
    assert changed.returncode == 1
    assert "id: is the id of a packaged question" in changed.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("import", "no-such-file.csv"), 1, "cannot be read"),
        (("import", "bank.csv", "--group", "study-grup"), 1, "Did you mean study-group?"),
        (("export", "--group", "xyzzy"), 1, "There is no group xyzzy."),
        (("import",), 2, "Missing argument"),
        (("export", "--format", "docx"), 2, "is not one of"),
    ],
)
def test_what_is_wrong_with_the_command_is_said(shared: Path, arguments: tuple[str, ...], code: int, says: str) -> None:
    """A file or group that is not there fails with 1 and words; a wrong use ends with 2."""
    written(shared, [row(1)])
    done = questions(shared, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr
