"""Everything that an operator can set, read once from the environment and a `.env` file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import Refusal

_FIXES = {
    "float_parsing": "write a number of dollars, such as 5 or 0.5",
    "greater_than_equal": "write 0 or more",
    "finite_number": "write a number of dollars, such as 5 or 0.5",
}
"""Kind of fault as pydantic names it -> what to do."""
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
    """Frozen; secrets mask themselves.

    Attributes:
        redis_url: None starts an embedded Valkey under `data_dir`.
        model_review: judges answers; `model_fallback` is tried when it cannot be used.
        model_timeout_s: how long the model may take to begin; None is 90 s for the Claude API, 600 s for another server.
        daily_budget_usd, member_daily_budget_usd: what the model may cost a UTC day, in all and for one member.
    """

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    redis_url: Annotated[str, AfterValidator(_redis_url)] | None = Field(None, alias="TPM_REDIS_URL")
    data_dir: Path = Field(Path(".tpm-bot"), alias="TPM_DATA_DIR")
    secret_key: SecretStr | None = Field(None, alias="TPM_SECRET_KEY")
    log_level: Annotated[str, AfterValidator(_log_level)] = Field("WARNING", alias="TPM_LOG_LEVEL")
    model_review: Model = Field("claude-sonnet-5-5", alias="TPM_MODEL_REVIEW")
    model_fallback: Model = Field("claude-haiku-5-5", alias="TPM_MODEL_FALLBACK")
    model_timeout_s: float | None = Field(None, alias="TPM_MODEL_TIMEOUT_S", gt=0)
    daily_budget_usd: float = Field(5.0, alias="TPM_DAILY_BUDGET_USD", ge=0)
    member_daily_budget_usd: float = Field(0.5, alias="TPM_MEMBER_DAILY_BUDGET_USD", ge=0)
    anthropic_api_key: SecretStr | None = Field(None, alias="ANTHROPIC_API_KEY")
    anthropic_base_url: Annotated[str, AfterValidator(_http_url)] | None = Field(None, alias="ANTHROPIC_BASE_URL")

    @property
    def has_model(self) -> bool:
        """Whether a model can be asked: a key, or a server of one's own that may need none."""
        return self.anthropic_api_key is not None or self.anthropic_base_url is not None

    @property
    def described(self) -> str:
        """What is set, in words and without any secret."""
        where = "set by TPM_REDIS_URL" if self.redis_url else f"embedded, under {self.data_dir}"
        return f"Redis {where}; model budget ${self.daily_budget_usd:g} a day, ${self.member_daily_budget_usd:g} for a member"


def read(**overrides: Any) -> Settings:
    """The settings; `overrides` by field name win. Raises Refusal that lists every fault with its variable and the fix."""
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
    message = _FIXES.get(str(fault["type"])) or str(fault["msg"]).removeprefix("Value error, ")
    return f"  {name}: {message}"
