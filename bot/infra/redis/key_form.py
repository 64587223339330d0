"""How a key of a group is written."""

from __future__ import annotations

from bot.domain.group import GroupId


def of_group(group_id: GroupId, thing: str, *parts: object) -> str:
    """`tpm:1:{group}:thing[:part]`: the braces keep all keys of a group on one slot of a cluster."""
    return ":".join(["tpm:1", f"{{{group_id}}}", thing, *map(str, parts)])
