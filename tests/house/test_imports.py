from __future__ import annotations

import re
import shutil
import sys
import tomllib
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.house.programs import run, tool
from tests.house.rules import ROOT, SHIPPED, sources

WRONG = {
    "bot/usecases/wrong.py": "import handlers.terminal\nimport bot.infra.redis.keys\nimport redis\n",
    "bot/domain/wrong.py": "import bot.views\nimport pydantic\n",
    "bot/views/wrong.py": "import bot.inbound\nimport bot.settings\n",
    "handlers/terminal/wrong.py": "import handlers.app\nimport prompts\n",
}


def lint_imports(folder: Path, *, check: bool) -> str:
    return run(tool("lint-imports"), "--no-cache", "--no-logo", cwd=folder, check=check).stdout


def test_every_import_points_inward() -> None:
    """The import contracts of pyproject.toml hold."""
    assert "0 broken" in lint_imports(ROOT, check=True)


def test_every_contract_notices_a_wrong_import(tmp_path: Path) -> None:
    """Each contract is broken by an import that it forbids."""
    for package in SHIPPED:
        shutil.copytree(ROOT / package, tmp_path / package)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for path, text in WRONG.items():
        (tmp_path / path).write_text(text)
    report = lint_imports(tmp_path, check=False)
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert [contract["name"] for contract in contracts if f"{contract['name']} BROKEN" not in report] == []


@pytest.mark.parametrize("package", SHIPPED)
def test_our_packages_are_ours_alone(package: str) -> None:
    """No installed distribution but ours brings a package of one of our names, and ours is the one of this checkout."""
    spec = find_spec(package)
    assert spec is not None
    assert Path(spec.origin or "") == ROOT / package / "__init__.py"
    assert set(metadata.packages_distributions().get(package, ["tpm-bot"])) == {"tpm-bot"}


def test_what_is_imported_is_asked_for() -> None:
    """Every library that the program imports is named among its dependencies, not merely there by chance."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    named = {canonical(re.split(r"[^\w-]", line, maxsplit=1)[0]) for line in wanted}
    owners = metadata.packages_distributions()
    imported = {module for source in sources() if source.shipped for module in source.imports()}
    strangers = imported - sys.stdlib_module_names - set(SHIPPED)
    assert strangers
    assert {module for module in strangers if not named & set(map(canonical, owners.get(module, [])))} == set()


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("package", ["discord", "slack", "slack_sdk"])
def test_no_folder_of_ours_takes_the_place_of_a_library(package: str) -> None:
    """A library that shares its name with a folder of ours is never found in this checkout."""
    spec = find_spec(package)
    folders = list(spec.submodule_search_locations or []) if spec else []
    assert [folder for folder in folders if Path(folder).is_relative_to(ROOT) and ".venv" not in folder] == []
