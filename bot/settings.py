"""Everything that an operator can set, read once from the environment and a `.env` file."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import Refusal

_FIXES = {
    "bool_parsing": "write 1 or 0",
    "float_parsing": "write a number of dollars, such as 5 or 0.5",
    "greater_than_equal": "write 0 or more",
    "finite_number": "write a number of dollars, such as 5 or 0.5",
    "int_parsing": "write a port, such as 8080",
    "less_than_equal": "write a port up to 65535",
}
"""Kind of fault as pydantic names it -> what to do."""
DISCORD_TOKEN_PARTS = 3
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def _redis_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"redis", "rediss", "unix"} or not (parts.netloc or parts.path):
        raise ValueError("write it as redis://host:6379/0, rediss://host:6379/0 or unix:///path/to/socket")
    return url


def _http_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("write it as https://host or http://127.0.0.1:8080, without /v1")
    if parts.path.rstrip("/").endswith("/v1"):
        raise ValueError("leave out the /v1 at the end; it is added for you")
    return url.rstrip("/")


def _slack_api_url(url: str) -> str:
    """Every call carries the token, so it leaves this machine encrypted or not at all."""
    parts = urlsplit(url)
    if not (parts.scheme == "https" and parts.netloc) and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise ValueError("write it as https://host/api/; plain http:// is for this machine only (127.0.0.1)")
    return url.rstrip("/") + "/"


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _renames(text: str) -> str:
    pairs = [each.split("=") for each in text.split(",") if each.strip()]
    if any(len(pair) != 2 or not all(map(_bare, pair)) for pair in pairs):  # noqa: PLR2004
        raise ValueError("write a command and its new name, such as tpm-question=pm-question,tpm-me=pm-me")
    if len({_bare(name) for name, _ in pairs}) < len(pairs):
        raise ValueError("give each command one new name")
    return ",".join(f"{_bare(name)}={_bare(here)}" for name, here in pairs)


def _bare(name: str) -> str:
    return name.strip().removeprefix("/")


def _bot_token(token: SecretStr) -> SecretStr:
    if not token.get_secret_value().startswith(("xoxb-", "xoxe.xoxb-")):
        raise ValueError("this is no bot token: it begins with xoxb- (OAuth & Permissions in your app's settings)")
    return token


def _app_token(token: SecretStr) -> SecretStr:
    if not token.get_secret_value().startswith("xapp-"):
        raise ValueError("this is no app-level token: it begins with xapp- (Basic Information in your app's settings)")
    return token


def _discord_token(token: SecretStr) -> SecretStr:
    if len(token.get_secret_value().split(".")) != DISCORD_TOKEN_PARTS or " " in token.get_secret_value():
        raise ValueError("this is no bot token: it has three parts with dots (Reset Token on the page Bot of your app)")
    return token


def _discord_api_url(url: str) -> str:
    parts = urlsplit(url)
    if not (parts.scheme == "https" and parts.netloc) and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise ValueError("write it as https://host/api/v10; plain http:// is for this machine only (127.0.0.1)")
    return url.rstrip("/")


def _discord_gateway_url(url: str) -> str:
    parts = urlsplit(url)
    if not (parts.scheme == "wss" and parts.netloc) and not (parts.scheme == "ws" and _is_loopback(parts.hostname)):
        raise ValueError("write it as wss://host; plain ws:// is for this machine only (127.0.0.1)")
    return url


def _log_level(level: str) -> str:
    if level.upper() not in LOG_LEVELS:
        raise ValueError(f"use one of {', '.join(LOG_LEVELS)}")
    return level.upper()


def _model(name: str) -> str:
    if not name.strip() or any(map(str.isspace, name)):
        raise ValueError("write a model's name, such as claude-sonnet-5-5")
    return name


Model = Annotated[str, AfterValidator(_model)]


class Settings(BaseSettings):
    """Frozen; secrets mask themselves. A variable that is set to nothing is not set.

    Attributes:
        redis_url: None starts an embedded Valkey under `data_dir`.
        questions_dir: has an operator's own questions, beside the packaged ones.
        model_review: judges answers; `model_fallback` is tried when it cannot be used.
        model_walkthrough: writes walkthroughs, with the same fallback.
        model_timeout_s: how long the model may take to begin; None is 90 s for Claude, 600 s for another server.
        daily_budget_usd, member_daily_budget_usd: what the model may cost a UTC day, in all and for one member.
        log_level: None is INFO for the running program, WARNING for all else.
        slack_app_token: given, Slack is reached by Socket Mode; else by HTTP with `slack_signing_secret`.
        slack_api_url: ends with `/`.
        slack_commands: `name=new name` with commas between; see `slack_command_names`.
        discord_api_base_url, discord_gateway_url: both, or neither for Discord itself.
        discord_message_content: ask Discord for what members write, which an app must be allowed to have.
        http_port: None serves nothing, 0 takes a free port.
    """

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, env_ignore_empty=True
    )

    redis_url: Annotated[str, AfterValidator(_redis_url)] | None = Field(None, alias="TPM_REDIS_URL")
    data_dir: Path = Field(Path(".tpm-bot"), alias="TPM_DATA_DIR")
    questions_dir: Path | None = Field(None, alias="TPM_QUESTIONS_DIR")
    secret_key: SecretStr | None = Field(None, alias="TPM_SECRET_KEY")
    log_level: Annotated[str, AfterValidator(_log_level)] | None = Field(None, alias="TPM_LOG_LEVEL")
    model_review: Model = Field("claude-sonnet-5-5", alias="TPM_MODEL_REVIEW")
    model_fallback: Model = Field("claude-haiku-5-5", alias="TPM_MODEL_FALLBACK")
    model_walkthrough: Model = Field("claude-sonnet-5-5", alias="TPM_MODEL_WALKTHROUGH")
    model_timeout_s: float | None = Field(None, alias="TPM_MODEL_TIMEOUT_S", gt=0)
    daily_budget_usd: float = Field(5.0, alias="TPM_DAILY_BUDGET_USD", ge=0)
    member_daily_budget_usd: float = Field(1.5, alias="TPM_MEMBER_DAILY_BUDGET_USD", ge=0)
    anthropic_api_key: SecretStr | None = Field(None, alias="ANTHROPIC_API_KEY")
    anthropic_base_url: Annotated[str, AfterValidator(_http_url)] | None = Field(None, alias="ANTHROPIC_BASE_URL")
    slack_app_token: Annotated[SecretStr, AfterValidator(_app_token)] | None = Field(None, alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = Field(None, alias="SLACK_SIGNING_SECRET")
    slack_bot_token: Annotated[SecretStr, AfterValidator(_bot_token)] | None = Field(
        None, alias="SLACK_BOT_TOKEN", validate_default=True
    )
    slack_api_url: Annotated[str, AfterValidator(_slack_api_url)] = Field(
        "https://slack.com/api/", alias="SLACK_API_URL"
    )
    slack_commands: Annotated[str, AfterValidator(_renames)] | None = Field(None, alias="TPM_SLACK_COMMANDS")
    discord_token: Annotated[SecretStr, AfterValidator(_discord_token)] | None = Field(None, alias="DISCORD_TOKEN")
    discord_api_base_url: Annotated[str, AfterValidator(_discord_api_url)] | None = Field(
        None, alias="DISCORD_API_BASE_URL"
    )
    discord_gateway_url: Annotated[str, AfterValidator(_discord_gateway_url)] | None = Field(
        None, alias="DISCORD_GATEWAY_URL", validate_default=True
    )
    discord_message_content: bool = Field(default=False, alias="DISCORD_MESSAGE_CONTENT")
    http_host: str = Field("127.0.0.1", alias="TPM_HTTP_HOST")
    http_port: int | None = Field(None, alias="TPM_HTTP_PORT", ge=0, le=65535, validate_default=True)

    # What is wrong between two settings is told with the later one, so that all faults still come together.

    @field_validator("slack_bot_token", mode="after")
    @classmethod
    def _is_whole(cls, token: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        ways_in = [info.data.get(name, "faulty") for name in ("slack_app_token", "slack_signing_secret")]
        if token is None and any(ways_in):
            raise ValueError("set it too: the other tokens of Slack are of no use without it")
        if token is not None and not any(ways_in):
            raise ValueError(
                "set one more with it: SLACK_APP_TOKEN (Socket Mode), or SLACK_SIGNING_SECRET and TPM_HTTP_PORT (HTTP)"
            )
        return token

    @field_validator("http_port", mode="after")
    @classmethod
    def _is_there_for_slack(cls, port: int | None, info: ValidationInfo) -> int | None:
        faulty = "slack_app_token" not in info.data
        if port is None and not faulty and info.data.get("slack_signing_secret") and not info.data["slack_app_token"]:
            raise ValueError("set it, such as 8080: with SLACK_SIGNING_SECRET alone, Slack's events come by HTTP")
        return port

    @field_validator("discord_gateway_url", mode="after")
    @classmethod
    def _is_a_pair(cls, gateway: str | None, info: ValidationInfo) -> str | None:
        base = info.data.get("discord_api_base_url", "faulty")
        if base != "faulty" and (gateway is None) != (base is None):
            raise ValueError("set DISCORD_API_BASE_URL and DISCORD_GATEWAY_URL together, or neither")
        return gateway

    @property
    def has_model(self) -> bool:
        """Whether a model can be asked: a key, or a server of one's own that may need none."""
        return self.anthropic_api_key is not None or self.anthropic_base_url is not None

    @property
    def secrets(self) -> frozenset[str]:
        """Everything that must never be printed, passwords in addresses included."""
        fields = [getattr(self, name) for name in type(self).model_fields]
        passwords = [urlsplit(url).password for url in (self.redis_url, self.anthropic_base_url) if url]
        whole = [each.get_secret_value() for each in fields if isinstance(each, SecretStr)]
        return frozenset(secret for secret in (*whole, *passwords) if secret)

    @property
    def slack_command_names(self) -> Mapping[str, str]:
        """Commands that are called otherwise in Slack: name in the table -> name there, both without `/`."""
        pairs = (self.slack_commands or "").split(",")
        return {name: here for name, _, here in (pair.partition("=") for pair in pairs) if name}

    @property
    def slack_way(self) -> str:
        """How Slack reaches the bot, in words."""
        if self.slack_bot_token is None:
            return "not set up"
        return "by Socket Mode" if self.slack_app_token else "by HTTP"

    @property
    def described(self) -> str:
        """What is set, in words and without any secret."""
        where = "set by TPM_REDIS_URL" if self.redis_url else f"embedded, under {self.data_dir}"
        discord = f"Discord {'set up' if self.discord_token else 'not set up'}"
        budget = f"${self.daily_budget_usd:.2f} a day, ${self.member_daily_budget_usd:.2f} for a member"
        return f"Redis {where}; model budget {budget}; Slack {self.slack_way}; {discord}"


def read(**overrides: Any) -> Settings:
    """The settings; `overrides` by field name win. Raises Refusal that lists each fault with its variable and fix."""
    aliases: Mapping[str, Any] = {
        Settings.model_fields[name].alias or name: value for name, value in overrides.items() if value is not None
    }
    try:
        return Settings(**aliases)
    except ValidationError as error:
        lines = [_fault(dict(fault)) for fault in error.errors(include_input=False, include_url=False)]
        raise Refusal("Some settings are wrong:\n" + "\n".join(lines)) from None


def _fault(fault: Mapping[str, Any]) -> str:
    """One line: the variable and what to do. The value is never printed: it may be a secret."""
    name = str(fault["loc"][0])
    if name in Settings.model_fields:  # a default that will not do is told by field, not by variable
        name = Settings.model_fields[name].alias or name
    message = _FIXES.get(str(fault["type"])) or str(fault["msg"]).removeprefix("Value error, ")
    return f"  {name}: {message}"
