"""Our own CPU time of a review, all but the model: from the answer to the request, and from the reply to the card."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise

from benchmarks.table import Row, middle
from bot.domain.answer import Answer, Part
from bot.domain.group import MemberId
from bot.domain.review import Reading, Stamp
from bot.infra.claude import check
from bot.infra.claude.check import Bounds
from bot.infra.claude.endpoint import Said
from bot.infra.claude.request import ReviewPrompt, review_body
from bot.infra.claude.schema import WireReading
from bot.infra.clock import host_now
from bot.infra.library import packaged_library
from bot.ports import ReviewRequest
from bot.usecases.feedback.judge_answer import judge_answer, request_of
from bot.views import feedback
from handlers import app
from tests.reviews import STAMP, TEXT
from tests.servers.honest_reader import honest_reply

N = 100
MODEL = "claude-sonnet-5-5"


class _Told:
    """A reviewer whose model has answered already: everything of ours, nothing of the network."""

    def __init__(self, prompt: ReviewPrompt) -> None:
        self._prompt = prompt
        self.said = Said("", STAMP.usage)

    def estimate_usd(self, request: ReviewRequest) -> float:
        """Nothing."""
        del request
        return 0.0

    def body(self, request: ReviewRequest) -> dict[str, object]:
        """The request that is sent."""
        return review_body(self._prompt, request, MODEL, schema=True)

    async def read(self, request: ReviewRequest) -> tuple[Reading, Stamp]:
        """Check the reply."""
        bounds = Bounds.of(request, (criterion.key for criterion in self._prompt.framework.criteria))
        wire, _ = check.inspect(self.said.text, bounds, lenient=False)
        if wire is None:
            raise ValueError("the reply has another shape")
        return check.to_reading(wire, bounds), STAMP


async def measure() -> Sequence[Row]:
    """One answer to one question of the bank, again and again; the model's reply is the test server's."""
    library = packaged_library()
    told = _Told(app.review_prompt(library))
    question, now = library.questions["nurse-line-label-source"], host_now()
    answer = Answer(member_id=MemberId("bench"), day=now.date(), parts=(Part("m1", TEXT, now),))
    told.said = Said(honest_reply(told.body(await request_of(library, question, answer, "bench"))), STAMP.usage)
    parts: dict[str, list[float]] = {"whole": [], "request": [], "reply": [], "card": [], "floor": []}
    for _ in range(N):
        marks = [time.process_time()]
        request = await request_of(library, question, answer, "bench")
        told.body(request)
        marks.append(time.process_time())
        review = await judge_answer(told, library, request, answer, now)
        marks.append(time.process_time())
        feedback.thread_card(review, library.framework, name="Ben")
        marks.append(time.process_time())
        WireReading.model_validate_json(told.said.text)
        marks.append(time.process_time())
        for part, (began_s, ended_s) in zip(tuple(parts)[1:], pairwise(marks), strict=True):
            parts[part].append(ended_s - began_s)
        parts["whole"].append(marks[-2] - marks[0])
    floor_ms = 1000 * middle(parts["floor"])
    size = f"{len(told.said.text):,} characters"
    named = {"whole": f"a review, CPU (floor: pydantic parses its {size})", "request": "  of it: facts and request",
             "reply": "  of it: reply checked and judged", "card": "  of it: the thread card"}  # fmt: skip
    return [
        Row(what=what, measure=1000 * middle(parts[part]), unit="ms", n=N, floor=floor_ms if part == "whole" else None)
        for part, what in named.items()
    ]
