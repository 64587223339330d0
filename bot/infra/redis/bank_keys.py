"""The keys of a group's own questions, of suggestions and of hints; `Keys` in keys.py has them too."""

from __future__ import annotations

from datetime import date

from bot.domain.group import GroupId, MemberId
from bot.infra.redis.key_form import of_group


class BankKeys:
    """Part of the registry. Each docstring: what it is for, then type, fields, lifetime and an example value."""

    @staticmethod
    def shelf(group_id: GroupId) -> str:
        """What the group has changed of the packaged bank; the stamp is another one after each change.

        type: hash
        fields: own|question id -> Question as JSON; off|id of a packaged question -> 1, if retired; stamp -> a word
        lifetime: as long as the group
        example: own|own-museum-guide-3f2a1c -> {"id":"own-museum-guide-3f2a1c","title":"Museum guide",…}
        """
        return of_group(group_id, "shelf")

    @staticmethod
    def suggestions(group_id: GroupId) -> str:
        """Questions that members proposed.

        type: hash
        fields: id|member -> Suggestion as JSON
        lifetime: until the member is forgotten
        example: 3f2a1c9b0d|U7 -> {"id":"3f2a1c9b0d","text":"How would you …","state":"open",…}
        """
        return of_group(group_id, "suggestions")

    @staticmethod
    def form_drafts(group_id: GroupId, member_id: MemberId) -> str:
        """What a member left in forms but those of answers and reviews: questions, notes, second shots, disputes.

        type: hash
        fields: action of the form -> JSON, form field -> text
        lifetime: 8 days after the last change
        example: bank-add -> {"title":"Museum guide"}
        """
        return of_group(group_id, "formdrafts", member_id)

    @staticmethod
    def hints(group_id: GroupId, day: date) -> str:
        """How many hints members have seen of the question of one day.

        type: hash
        fields: member id -> 1 to 3
        lifetime: until the member is forgotten
        example: U7 -> 2
        """
        return of_group(group_id, "hints", day)

    @staticmethod
    def variants(group_id: GroupId, day: date) -> str:
        """Variants of the question of one day, each owed or put again to a member who was weak there.

        type: hash
        fields: member id -> Variant as JSON
        lifetime: until the member is forgotten; one that is not put in time is removed
        example: U7 -> {"section":"s4","before":1,"change":"The same, but …","due_at":"…","asked_at":null,…}
        """
        return of_group(group_id, "variants", day)
