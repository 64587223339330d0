"""The keys of peer reviews; `Keys` in keys.py has them too.

Every field names the members whom it is about, parted by `|`: so all that is kept of a member is found and erased.
"""

from __future__ import annotations

from datetime import date

from bot.domain.group import GroupId
from bot.infra.redis.key_form import of_group


class PeerKeys:
    """Part of the registry. Each docstring: what it is for, then type, fields, lifetime and an example value."""

    @staticmethod
    def rounds(group_id: GroupId) -> str:
        """How often reviewers were assigned: the precondition of the next assignment.

        type: string
        fields: the number
        lifetime: as long as the group
        example: 12
        """
        return of_group(group_id, "rounds")

    @staticmethod
    def duties(group_id: GroupId, day: date) -> str:
        """Who was asked to review which answer to one post, and what became of it.

        type: hash
        fields: author|reviewer -> version, a blank, Duty as JSON
        lifetime: until one of the two is forgotten
        example: U7|U9 -> 2 {"day":"2026-11-23","state":"given",…}
        """
        return of_group(group_id, "duties", day)

    @staticmethod
    def given(group_id: GroupId, day: date) -> str:
        """The peer reviews of the answers to one post.

        type: hash
        fields: author|reviewer -> PeerReview as JSON
        lifetime: until one of the two is forgotten
        example: U7|U9 -> {"bands":{"s3":2,"s4":3},"texts":{…},…}
        """
        return of_group(group_id, "given", day)

    @staticmethod
    def review_drafts(group_id: GroupId, day: date) -> str:
        """What reviewers left in the review form.

        type: hash
        fields: author|reviewer -> JSON, form field -> text
        lifetime: until the review is given, or 8 days after the last draft of that day
        example: U7|U9 -> {"change":"In your second point, …"}
        """
        return of_group(group_id, "reviewdrafts", day)

    @staticmethod
    def reactions(group_id: GroupId, day: date) -> str:
        """What was made of the peer reviews of one post's answers: used, thanks, unclear, flag.

        type: hash
        fields: author|reviewer|who reacted|kind -> ms since 1970
        lifetime: until one of the three is forgotten
        example: U7|U9|U7|used -> 1795600000000
        """
        return of_group(group_id, "reactions", day)

    @staticmethod
    def pairs(group_id: GroupId) -> str:
        """How often each member was asked to review each other one.

        type: hash
        fields: author|reviewer -> times
        lifetime: until one of the two is forgotten
        example: U7|U9 -> 3
        """
        return of_group(group_id, "pairs")

    @staticmethod
    def not_with(group_id: GroupId) -> str:
        """Confidential: whom a member does not want to review or be reviewed by.

        type: hash
        fields: whose list|who is on it -> 1
        lifetime: until taken off, or one of the two is forgotten
        example: U7|U12 -> 1
        """
        return of_group(group_id, "notwith")

    @staticmethod
    def reviewers(group_id: GroupId) -> str:
        """What is kept of members as reviewers: good reviews so far, and their calibrations by section.

        type: hash
        fields: member|good -> number; member|calibrated|section -> Calibrated as JSON
        lifetime: until the member is forgotten
        example: U7|good -> 4
        """
        return of_group(group_id, "reviewers")

    @staticmethod
    def inbox(group_id: GroupId) -> str:
        """What the facilitators are asked to look at.

        type: hash
        fields: kind|day|author|reviewer (empty if about no review), of a dispute |section:version -> InboxEntry as JSON
        lifetime: until one of the two is forgotten
        example: unreviewed|2026-11-23|U7| -> {"kind":"unreviewed","closed_at":null,…}
        """
        return of_group(group_id, "inbox")

    @staticmethod
    def second_shots(group_id: GroupId, day: date) -> str:
        """The sections that members wrote again after their feedback on answers to one post.

        type: hash
        fields: member id -> SecondShot as JSON
        lifetime: as long as the answer
        example: U7 -> {"section":"s4","text":"…","before":{"band":1,…},"after":{"band":3,…},…}
        """
        return of_group(group_id, "secondshots", day)
