"""What works without a model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.answer import Answer, sentences
from bot.domain.framework import Framework
from bot.domain.question import Question
from bot.domain.review import SelfCheck
from bot.infra.offline.selfcheck import self_check

__all__ = ["OfflineSelfCheck", "self_check"]


@dataclass(frozen=True, slots=True)
class OfflineSelfCheck:
    """The SelfChecker port, by word overlap."""

    framework: Framework

    def __call__(
        self, question: Question, answer: Answer, *, reason: str, retried: bool, made_at: datetime
    ) -> SelfCheck:
        """The question's points as questions to oneself, with the sentences of `answer` that may speak to them."""
        return self_check(
            question,
            self.framework,
            sentences=sentences(answer.text),
            answer=answer,
            reason=reason,
            retried=retried,
            made_at=made_at,
        )
