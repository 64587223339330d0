from __future__ import annotations

import pytest

from bot.errors import Refusal
from bot.settings import Settings, read

BOT, APP, SECRET = "xoxb-1-of-the-test", "xapp-1-of-the-test", "0123456789abcdef"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """No variable and no `.env` file of the person who runs the tests is read."""
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    monkeypatch.chdir(str(tmp_path))


def faults(**given: object) -> set[str]:
    """The variables that are at fault."""
    try:
        read(**given)
    except Refusal as refusal:
        told = str(refusal)
    else:
        return set()
    assert not any(secret in told for secret in (BOT, APP, SECRET))
    return {line.strip().partition(":")[0] for line in told.splitlines()[1:]}


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, set()),
        ({"slack_bot_token": BOT, "slack_app_token": APP}, set()),
        ({"slack_bot_token": BOT, "slack_signing_secret": SECRET, "http_port": 8080}, set()),
        ({"slack_bot_token": BOT, "slack_app_token": APP, "slack_signing_secret": SECRET}, set()),
        ({"slack_bot_token": "xoxe.xoxb-1-rotated", "slack_app_token": APP}, set()),
        ({"slack_bot_token": BOT}, {"SLACK_BOT_TOKEN"}),
        ({"slack_bot_token": BOT, "slack_signing_secret": SECRET}, {"TPM_HTTP_PORT"}),
        ({"slack_app_token": APP}, {"SLACK_BOT_TOKEN"}),
        ({"slack_signing_secret": SECRET}, {"SLACK_BOT_TOKEN", "TPM_HTTP_PORT"}),
        ({"slack_bot_token": APP, "slack_app_token": BOT}, {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}),
        ({"slack_bot_token": BOT, "slack_app_token": BOT}, {"SLACK_APP_TOKEN"}),
        (
            {"slack_bot_token": BOT, "http_port": "x", "log_level": "LOUD"},
            {"SLACK_BOT_TOKEN", "TPM_HTTP_PORT", "TPM_LOG_LEVEL"},
        ),
    ],
)
def test_what_is_missing_between_the_settings_of_slack_is_told(given: dict[str, object], wrong: set[str]) -> None:
    """Tokens of Slack that do not make a way in, or are swapped, are told at once and together, with no value."""
    assert faults(**given) == wrong


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("tpm-me=pm-me", {"tpm-me": "pm-me"}),
        (" /tpm-me = /pm-me , tpm-help=pm-help, ", {"tpm-me": "pm-me", "tpm-help": "pm-help"}),
    ],
)
def test_commands_can_be_renamed_in_slack(text: str, names: dict[str, str]) -> None:
    """New names are pairs with commas between, with or without the slash."""
    assert read(slack_commands=text).slack_command_names == names


@pytest.mark.parametrize("text", ["tpm-me", "tpm-me=", "=pm-me", "tpm-me=a=b", "tpm-me=a,tpm-me=b", "tpm-me:pm-me"])
def test_new_names_that_are_no_pairs_are_told(text: str) -> None:
    """A command without a new name, or with two, is told with its variable."""
    assert faults(slack_commands=text) == {"TPM_SLACK_COMMANDS"}


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://slack.com/api", "https://slack.com/api/"),
        ("https://slack-gov.com/api/", "https://slack-gov.com/api/"),
        ("http://127.0.0.1:8098/api/", "http://127.0.0.1:8098/api/"),
        ("http://[::1]:8098", "http://[::1]:8098/"),
        ("http://localhost:8098/", "http://localhost:8098/"),
    ],
)
def test_the_address_of_slack_is_encrypted_or_here(url: str, kept: str) -> None:
    """Slack's API is reached by https, or on this machine, and its address ends with a slash."""
    assert read(slack_api_url=url).slack_api_url == kept


@pytest.mark.parametrize(
    "url", ["http://slack.com/api/", "http://127.0.0.1.example.org/", "http://10.0.0.7/", "slack.com/api", "https://"]
)
def test_a_token_is_never_sent_in_the_open(url: str) -> None:
    """An address that would carry the token unencrypted off this machine is refused."""
    assert faults(slack_api_url=url) == {"SLACK_API_URL"}


@pytest.mark.parametrize(("port", "wrong"), [(0, False), (65535, False), (65536, True), (-1, True), ("http", True)])
def test_a_port_is_a_port(port: object, wrong: bool) -> None:
    """A port is a number up to 65535; 0 takes a free one."""
    assert faults(http_port=port) == ({"TPM_HTTP_PORT"} if wrong else set())


def test_a_variable_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty variable, as a compose file hands on, is no token and no fault."""
    for field in Settings.model_fields.values():
        monkeypatch.setenv(str(field.alias), "")
    assert {getattr(read(), name) == field.default for name, field in Settings.model_fields.items()} == {True}
    assert (read().slack_bot_token, read().http_port, read().has_model) == (None, None, False)


def test_all_secrets_are_known() -> None:
    """What must never be printed is known in one place: tokens, keys, and passwords in addresses."""
    settings = read(
        slack_bot_token=BOT,
        slack_app_token=APP,
        slack_signing_secret=SECRET,
        anthropic_api_key="key",
        anthropic_base_url="https://me:word@host",
        secret_key="salt",
        redis_url="redis://:pass@host/0",
    )
    assert settings.secrets == {BOT, APP, SECRET, "key", "word", "salt", "pass"}
    assert not any(secret in f"{settings.described}{settings!r}" for secret in (BOT, APP, SECRET, "salt"))
