"""Every Redis key, one method a key. `docs/redis.md` is printed from here.

A key reads `tpm:1:{group}:thing[:part]`. The 1 is the schema; the braces keep all keys of a group on one slot of a
cluster, so that one script can change them together. Keys without a group have a tag of their own, or none.
"""

from __future__ import annotations

import inspect
from datetime import date

from bot.domain.group import GroupId, MemberId
from bot.infra.redis.bank_keys import BankKeys
from bot.infra.redis.key_form import of_group as _of
from bot.infra.redis.peer_keys import PeerKeys
from bot.infra.redis.walk_keys import WalkKeys

SCHEMA = 1
EVENT_S = 8 * 24 * 3600
"""How long an event is remembered: longer than any platform brings one again."""
TALK_S = 8 * 24 * 3600
"""How long drafts and asides are kept."""
PURSE_S = 3 * 24 * 3600
"""How long a day's spending is kept: a cost may be known after midnight."""


class Keys(PeerKeys, BankKeys, WalkKeys):
    """The registry. Each docstring: what it is for, then type, fields, lifetime and an example value."""

    @staticmethod
    def schema() -> str:
        """Which version of these keys the data has; a program that knows only older ones does not start.

        type: string
        fields: the number
        lifetime: for ever
        example: 1
        """
        return "tpm:1:schema"

    @staticmethod
    def epoch() -> str:
        """Whether this memory can be trusted: a server that is new or was restarted may have forgotten sent messages.

        type: hash
        fields: born_ms, when the data began; run_id of the last server; doubt_ms, until when to look before sending
        lifetime: for ever
        example: born_ms 1795600000000, run_id 2f0c…, doubt_ms 1795686400000
        """
        return "tpm:1:epoch"

    @staticmethod
    def places() -> str:
        """Which group a channel belongs to, and the list of all groups.

        type: hash
        fields: JSON [platform, workspace, channel] -> group id
        lifetime: for ever
        example: ["terminal","local","study"] -> g1
        """
        return "tpm:1:places"

    @staticmethod
    def workspace(platform: str, workspace: str) -> str:
        """The groups of one workspace. It may name one that was never finished: only its channel makes a group real.

        type: set
        fields: group ids
        lifetime: for ever
        example: g1
        """
        return f"tpm:1:workspace:{platform}:{workspace}"

    @staticmethod
    def group(group_id: GroupId) -> str:
        """The group's settings.

        type: hash
        fields: json -> Group
        lifetime: as long as the group
        example: json -> {"id":"g1","name":"study","paused":false,…}
        """
        return _of(group_id, "group")

    @staticmethod
    def members(group_id: GroupId) -> str:
        """The members and their own settings.

        type: hash
        fields: member id -> Member as JSON
        lifetime: until the member is forgotten
        example: U7 -> {"id":"U7","name":"Asha",…}
        """
        return _of(group_id, "members")

    @staticmethod
    def posts(group_id: GroupId) -> str:
        """The daily posts. Never removed one by one: their numbers give the bytes of the records their meaning.

        type: hash
        fields: local date -> Post as JSON
        lifetime: as long as the group
        example: 2026-11-23 -> {"day":"2026-11-23","number":1,"state":"sent",…}
        """
        return _of(group_id, "posts")

    @staticmethod
    def messages(group_id: GroupId) -> str:
        """Which day's post a message is: a reply names only its thread.

        type: hash
        fields: message id -> local date
        lifetime: as long as the group
        example: 1795600000.000100 -> 2026-11-23
        """
        return _of(group_id, "messages")

    @staticmethod
    def answers(group_id: GroupId, day: date) -> str:
        """The answers to one post.

        type: hash
        fields: member id -> version, a blank, Answer as JSON
        lifetime: until withdrawn or forgotten
        example: U7 -> 2 {"member_id":"U7","parts":[…],"version":2,…}
        """
        return _of(group_id, "answers", day)

    @staticmethod
    def reviews(group_id: GroupId, day: date) -> str:
        """The newest review of each answer. The rank is twice the answer's version, and one more if a model judged.

        type: hash
        fields: member id -> rank, a blank, Review (odd rank) or SelfCheck (even rank) as JSON
        lifetime: as long as the answer
        example: U7 -> 5 {"member_id":"U7","version":2,"sections":[…],…}
        """
        return _of(group_id, "reviews", day)

    @staticmethod
    def record(group_id: GroupId, member_id: MemberId) -> str:
        r"""How a member took part: the source of every streak.

        type: string
        fields: one byte a post, that of post n at n - 1: 1 answered, 2 reviewed, 4 late, added up
        lifetime: until the member is forgotten
        example: \x01\x00\x01
        """
        return _of(group_id, "record", member_id)

    @staticmethod
    def draft(group_id: GroupId, day: date, member_id: MemberId) -> str:
        """What a member left in the answer form.

        type: string
        fields: JSON, form field -> text
        lifetime: 8 days after the last change
        example: {"s1":"Nurses, at night"}
        """
        return _of(group_id, "draft", day, member_id)

    @staticmethod
    def asides(group_id: GroupId, day: date, member_id: MemberId) -> str:
        """Talk in a thread, kept so that it can still be counted as an answer.

        type: hash
        fields: message id -> text
        lifetime: 8 days after the last one
        example: 1795600100.000200 -> Is it about latency?
        """
        return _of(group_id, "asides", day, member_id)

    @staticmethod
    def event(group_id: GroupId, event: str) -> str:
        """An inbound event that has taken effect: everything arrives at least once.

        type: string
        fields: 1
        lifetime: 8 days
        example: 1
        """
        return _of(group_id, "event", event)

    @staticmethod
    def outbox(group_id: GroupId) -> str:
        """Messages that must stand exactly once.

        type: hash
        fields: key of the message -> owners so far, a blank, begun ms, a blank, MessageRef as JSON (empty until sent)
        lifetime: as long as the group, or until dropped or the member named in the key is forgotten
        example: feedback|2026-11-23|U7 -> 1 1795600000000 {"place":{…},"message_id":"42"}
        """
        return _of(group_id, "outbox")

    @staticmethod
    def queue(group_id: GroupId) -> str:
        """What facilitators have decided for days to come; other days are chosen when they come.

        type: hash
        fields: local date -> Pick as JSON
        lifetime: until removed
        example: 2026-11-25 -> {"day":"2026-11-25","question_id":"rag-ferry-handbook","why":{"rule":"pinned",…},…}
        """
        return _of(group_id, "queue")

    @staticmethod
    def proposals(group_id: GroupId) -> str:
        """The weeks that were proposed to the facilitators: what they approve is what they were shown.

        type: hash
        fields: first local date of the week -> its picks as a JSON list
        lifetime: as long as the group
        example: 2026-11-30 -> [{"day":"2026-11-30","question_id":"rag-park-visitors","why":{"rule":"need",…},…}]
        """
        return _of(group_id, "proposals")

    @staticmethod
    def due() -> str:
        """The agenda: what is owed, and when. While a job is leased its score is the end of the lease.

        type: sorted set
        fields: kind:group:ref, scored by ms since 1970
        lifetime: until settled
        example: review:g1:2026-11-23|U7 at 1795600060000
        """
        return "tpm:1:{agenda}:due"

    @staticmethod
    def leases() -> str:
        """The last lease of each job on the agenda.

        type: hash
        fields: kind:group:ref -> fence, a blank, starts so far
        lifetime: until settled
        example: review:g1:2026-11-23|U7 -> 71 1
        """
        return "tpm:1:{agenda}:leases"

    @staticmethod
    def fence() -> str:
        """The last fence given out. One counter for all jobs: a fence is never given twice, even to a job owed anew.

        type: string
        fields: the number
        lifetime: for ever
        example: 71
        """
        return "tpm:1:{agenda}:fence"

    @staticmethod
    def dead() -> str:
        """Jobs that were given up. The sweep leaves them alone; owing one anew takes it off.

        type: hash
        fields: kind:group:ref -> why
        lifetime: until owed anew, dropped or forgotten
        example: review:g1:2026-11-23|U7 -> started 3 times, never finished
        """
        return "tpm:1:{agenda}:dead"

    @staticmethod
    def purse(day: date) -> str:
        """What the model has cost on one UTC day, in millionths of a dollar.

        type: hash
        fields: all -> total; m:member id -> theirs
        lifetime: 3 days after the last change
        example: all -> 51200, m:U7 -> 25600
        """
        return f"tpm:1:{{purse}}:{day}"


def patterns() -> dict[str, tuple[str, str]]:
    """Each key of the registry: method name -> (pattern with `<argument>` in its places, docstring)."""
    found = {}
    for name, method in inspect.getmembers(Keys, inspect.isfunction):
        arguments = [f"<{argument}>".replace("_id", "") for argument in inspect.signature(method).parameters]
        found[name] = (method(*arguments), inspect.getdoc(method) or "")
    return found


def printed() -> str:
    """`docs/redis.md`, whole."""
    lines = ["# What is in Redis", "", "Printed from `bot/infra/redis/keys.py`; a test compares the two.", ""]
    lines += [(inspect.getdoc(inspect.getmodule(Keys)) or "").split("\n\n", 1)[1].replace("\n", " "), ""]
    for pattern, doc in sorted(patterns().values()):
        purpose, _, facts = doc.partition("\n\n")
        lines += [f"## `{pattern}`", "", purpose, ""]
        for fact in facts.splitlines():
            name, _, text = fact.partition(": ")
            lines.append(f"- **{name}**: `{text}`" if name == "example" else f"- **{name}**: {text}")
        lines.append("")
    return "\n".join(lines)
