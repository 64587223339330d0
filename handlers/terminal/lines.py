"""What happened, as one JSON object a line or as a transcript for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from bot.cards import ChoiceField, Field, Form
from bot.ports import Where
from handlers.terminal.messages import Happened, Kind, Message, OpenForm
from handlers.terminal.plain_text import safe
from handlers.terminal.room import Room


def record_of(happened: Happened, room: Room, zone: tzinfo) -> dict[str, Any]:
    """The record of DESIGN 2: at, place, to, from, kind, text, data."""
    at = happened.at.astimezone(zone).isoformat()
    if happened.form is not None:
        opened = happened.form
        return {
            "at": at, "place": Where.ONLY_YOU.value, "to": room.name_of(opened.to), "from": "bot",
            "kind": happened.kind.value, "text": form_text(opened.form), "data": form_data(opened),
        }  # fmt: skip
    message = happened.message
    if message is None:
        raise ValueError(f"{happened.kind} without a message")
    text, data = _content(happened.kind, message)
    return {
        "at": at, "place": message.where.value, "to": addressee(message, room), "from": room.name_of(message.author),
        "kind": happened.kind.value, "text": text, "data": data,
    }  # fmt: skip


def json_line(happened: Happened, room: Room, zone: tzinfo) -> str:
    """The record as one line of ASCII, so that no text can break a line or steer a terminal."""
    return json.dumps(record_of(happened, room, zone))


def transcript(happened: Happened, room: Room, zone: tzinfo) -> str:
    """The same as a paragraph for people: who, where and when, then the text, indented."""
    record = record_of(happened, room, zone)
    at = f"{happened.at.astimezone(zone):%a %d %b %H:%M}"
    verb = {Kind.EDIT: ", edited", Kind.DELETE: ", deleted", Kind.FORM: ", a form", Kind.FILE: ", a file"}
    place = where_text(Where(record["place"]), record["to"], room.channel)
    head = f"{at}  {record['from']}, {place}{verb.get(happened.kind, '')}"
    name = [f"[{record['data']['name']}]"] if happened.kind is Kind.FILE else []
    return "\n".join([safe(head), *(f"    {line}" for line in [*name, *safe(record["text"]).splitlines()]), ""])


def where_text(where: Where, to: str, channel: str) -> str:
    """A place in words. A thread message may be for somebody."""
    match where:
        case Where.CHANNEL:
            return f"#{channel}"
        case Where.THREAD:
            return "in the thread" if to == channel else f"in the thread, for {to}"
        case Where.DIRECT:
            return f"direct message to {to}"
        case Where.ONLY_YOU:
            return f"only you ({to})"


def addressee(message: Message, room: Room) -> str:
    """The name of the member a message is for, else the channel's name."""
    return room.channel if message.to is None else room.name_of(message.to)


def _content(kind: Kind, message: Message) -> tuple[str, Mapping[str, Any]]:
    if kind is Kind.FILE and message.card is not None and message.card.file is not None:
        file = message.card.file
        try:
            return file.content.decode(), {"name": file.name}
        except UnicodeDecodeError:
            return "", {"name": file.name}
    return message.text, {} if message.card is None else message.card.data


def form_data(opened: OpenForm) -> dict[str, Any]:
    """A form as data."""
    form = opened.form
    return {
        "action": form.action,
        "title": form.title,
        "fields": [_field_data(each) for each in form.fields],
        "errors": dict(form.errors),
    }


def _field_data(each: Field) -> dict[str, Any]:
    data: dict[str, Any] = {"key": each.key, "label": each.label, "value": each.value}
    if isinstance(each, ChoiceField):
        data["options"] = [{"value": value, "label": label} for value, label in each.options]
    return data


def form_text(form: Form) -> str:
    """A form as plain text: title, introduction, and one line a field with its key, value and error."""
    lines = [form.title, *([form.intro] if form.intro else [])]
    for each in form.fields:
        wrong = f" ({form.errors[each.key]})" if each.key in form.errors else ""
        lines.append(f"{each.key}. {each.label}: {each.value}{wrong}".rstrip())
        if isinstance(each, ChoiceField):
            lines += [f"   - {value}: {label}" for value, label in each.options]
    return "\n".join(lines)
