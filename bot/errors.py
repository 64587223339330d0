"""Everything that can go wrong on purpose, as one tree.

TpmError
├── Refusal              a person can mend it; the message is written for them
└── Trouble              something outside the bot failed
    ├── StoreDown        Redis cannot be reached, is too slow, full or read-only
    │   └── NotYet       it can, but what is needed is not in it yet
    ├── ChatBusy         the platform asked us to wait; nothing was sent
    ├── ChatRefused      the platform said a definite no
    │   └── ChatClosed   and the whole place is closed to the bot (removed, archived, revoked)
    ├── ChatUnsure       a timeout, a reset or a 5xx: it may have been sent
    └── ReviewerTrouble  the model gave no review
        ├── ReviewerBusy      it asked us to wait
        ├── ReviewerDeclined  it will not judge this text; asking again will not help
        └── ReviewerDown      it cannot be used now
"""

from __future__ import annotations


class TpmError(Exception):
    """The root of the tree."""


class Refusal(TpmError):  # noqa: N818  a refusal is an answer to a person, not an error of the program
    """A person asked for something that cannot be done as asked.

    `str(refusal)` is shown to that person as it is: what happened, whether their words are safe, what to do next.
    `field` names the form field that the message belongs to, if it belongs to one.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Trouble(TpmError):  # noqa: N818  reads as a sentence where it is raised
    """Something outside the bot failed. The message is for operators and holds no member text and no secret."""


class StoreDown(Trouble):
    """Redis cannot take or give data now."""


class NotYet(StoreDown):
    """What is needed is about to be recorded, in this process or in another; ask again in a moment."""


class ChatBusy(Trouble):
    """The platform asked us to wait `retry_after_s` seconds; nothing was sent."""

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ChatRefused(Trouble):
    """The platform said a definite no; sending again will not help."""


class ChatClosed(ChatRefused):
    """The place is closed to the bot: it was removed, the channel was archived or deleted, or its token was revoked.

    `lacks`: the permissions that are missing there, by the names that an admin knows, where the platform tells them.
    """

    def __init__(self, message: str, *, lacks: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.lacks = lacks


class ChatUnsure(Trouble):
    """The call broke off: the message may or may not stand."""


class ReviewerTrouble(Trouble):
    """The model gave no review. `spent_usd` is what the tries cost all the same."""

    def __init__(self, message: str, *, spent_usd: float = 0.0) -> None:
        super().__init__(message)
        self.spent_usd = spent_usd


class ReviewerBusy(ReviewerTrouble):
    """The model asked us to wait `retry_after_s` seconds."""

    def __init__(self, message: str, retry_after_s: float, *, spent_usd: float = 0.0) -> None:
        super().__init__(message, spent_usd=spent_usd)
        self.retry_after_s = retry_after_s


class ReviewerDeclined(ReviewerTrouble):
    """The model will not judge this text, and asking again will not help."""


class ReviewerDown(ReviewerTrouble):
    """The model cannot be used now (no key, no network, no credit, or garbage after every rung of the ladder)."""
