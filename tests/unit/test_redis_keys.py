from __future__ import annotations

import inspect
import re
from importlib.resources import files
from pathlib import Path

import pytest

from bot.domain.group import GroupId
from bot.infra.redis import keys, scripts
from bot.infra.redis.keys import Keys, patterns, printed

LUA = sorted(path.stem for path in Path(scripts.__file__).with_name("lua").glob("*.lua"))
COMMANDS_OF_6_2 = {
    *(
        "DEL",
        "EXISTS",
        "EXPIRE",
        "GET",
        "GETRANGE",
        "HDEL",
        "HEXISTS",
        "HGET",
        "HINCRBY",
        "HLEN",
        "HMGET",
        "HSET",
        "INCR",
    ),
    *("INCRBY", "SET", "SETBIT", "SETRANGE", "ZADD", "ZRANGEBYSCORE", "ZREM", "ZSCORE"),
}


@pytest.mark.parametrize(("pattern", "doc"), patterns().values(), ids=patterns().keys())
def test_a_key_is_described(pattern: str, doc: str) -> None:
    """Each key has the schema's form, and says its type, fields, lifetime and an example."""
    assert re.fullmatch(r"tpm:1:(\{(<group>|agenda|purse)\}:)?[a-z<>]+(:<[a-z]+>)*", pattern)
    facts = [line.partition(": ")[0] for line in doc.partition("\n\n")[2].splitlines()]
    assert facts == ["type", "fields", "lifetime", "example"]


def test_no_two_things_share_a_key() -> None:
    """Each thing has a key of its own."""
    found = [pattern for pattern, _ in patterns().values()]
    assert len(set(found)) == len(found) > 10


def test_the_page_names_every_key() -> None:
    """The printed page has one heading for each key, and its example."""
    page = printed()
    for pattern, _ in patterns().values():
        assert page.count(f"## `{pattern}`\n") == 1
    assert page.count("\n- **example**: `") == len(patterns())


def test_the_keys_of_a_group_share_a_slot() -> None:
    """All that belongs to a group carries the same tag, which a cluster's slot comes from."""
    takes_group = [
        method
        for _, method in inspect.getmembers(Keys, inspect.isfunction)
        if "group_id" in str(inspect.signature(method))
    ]
    for method in takes_group:
        others = ["x" for _ in list(inspect.signature(method).parameters)[1:]]
        assert method(GroupId("g-1"), *others).startswith("tpm:1:{g-1}:")


def test_the_form_follows_the_schema() -> None:
    """The number in every key is that of the schema."""
    assert all(pattern.startswith(f"tpm:{keys.SCHEMA}:") for pattern, _ in patterns().values())


@pytest.mark.parametrize("name", LUA)
def test_a_script_says_what_it_takes(name: str) -> None:
    """A script names its keys and arguments at its head, as many as it uses, and uses only commands of Redis 6.2."""
    text = files("bot.infra.redis").joinpath("lua", f"{name}.lua").read_text("utf-8")
    head = "\n".join(line for line in text.splitlines()[:3] if line.startswith("--"))
    listed = re.search(r"^-- KEYS: (.*?)(?: \| |\n-- )ARGV: ", head)
    assert listed
    used = max(int(number) for number in re.findall(r"KEYS\[(\d)\]", text))
    assert len(listed[1].split(", ")) == used
    assert set(re.findall(r"redis\.call\('(\w+)'", text)) <= COMMANDS_OF_6_2


def test_the_scripts_read_no_clock_and_no_chance() -> None:
    """Time and chance are arguments in scripts too."""
    texts = " ".join(map(scripts.text, LUA))
    assert not re.search(r"TIME|math\.random|os\.", texts)
