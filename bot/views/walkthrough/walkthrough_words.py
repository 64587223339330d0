"""Every sentence about a walkthrough that is not in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.cards import Attachment, Bold, Bullets, Button, Buttons, Card, Form, Heading, Own, Text, TextField
from bot.domain.group import Group
from bot.domain.post import Post
from bot.domain.question import Question
from bot.domain.walkthrough import MOST_QUESTION_CHARS, Ask
from bot.ports import Doing, Step
from bot.views.cut import line
from bot.views.notices import notice, refusal
from bot.views.when import moment

ASK_SOMETHING = (
    "Type your question after the command, such as: /technical-pm How would you test an assistant that reads "
    "contracts? Nothing was started."
)
TOO_LITTLE = (
    "That is too short to look into. Ask it as a whole question, such as: How would you cut the cost of a support "
    "assistant by half? Nothing was started."
)
NO_QUESTION = (
    "I could not make an interview question out of that, so there is no walkthrough, and it does not count towards "
    "your limit. Ask about building, running, judging or selling a product with AI."
)
DECLINED = (
    "The model that I asked would not write about this, and no other one took it on. That happens with harmless "
    "questions on machine learning too, and is not about you. Asking in other words often helps. Meanwhile, this may "
    "be of use:"
)
OVER_BUDGET = "The budget for models does not allow another walkthrough today, so none was written."
MODEL_DOWN = "The model could not be reached for a while, so no walkthrough was written. Ask again later."
NO_MODEL = "No model is set up here, so nobody can write a walkthrough."
STOPPED = "I was stopped twice while the walkthrough was being written, so I leave it at this. You can ask again."
GONE = "I no longer have that walkthrough: they are kept for a month. Ask the question again with /technical-pm."
ASK_GONE = "I no longer know that question: it is kept for a month. Ask it again with /technical-pm."
ALREADY_ON_IT = "I am on it already. It comes to you as a direct message."
SHARED_SOON = "I am putting it into the channel: a summary, and its sections in the thread below it."
SKETCH_FIRST = (
    "Take five minutes and sketch an answer: what you would decide, what it costs, and what you would measure. It "
    "stays with you. Then you see the walkthrough, and what of the question's points is in your sketch and what is not."
)
FINISHED = "That one is finished. Ask the question again with /technical-pm."
SKETCH_EMPTY = "Write a line or two first. What you typed is kept."
SKETCH_FIELD = "sketch"
_DONE_SEARCHES = 6
_QUERY_CHARS = 110
_SHOWN_QUESTION_CHARS = 300


def on_my_way(*, shared: bool) -> Card:
    """The first sign, at once."""
    where = "in the channel" if shared else "to you as a direct message"
    return notice(
        "I am on it: first some web searches, then about 2,500 words in six sections. That takes three to six minutes. "
        f"You see how far I am in a direct message, and the walkthrough comes {where}. If you take no direct messages "
        "from me, ask the same question again then: it opens here.",
        "walkthrough-begun",
    )


def too_long(question: str) -> Card:
    """Refuses a very long question and gives it back."""
    words = (
        f"That is {len(question):,} characters; I take {MOST_QUESTION_CHARS:,} at most. Nothing was started. "
        "Your text is in the file below: please ask a shorter question."
    )
    return replace(refusal(words), file=Attachment("my-question.md", question.encode("utf-8", "replace")))


def over_quota(most: int) -> str:
    """Refuses one more on this day."""
    return (
        f"You have asked for {most} new walkthroughs today, and that is the limit for a day. Nothing was started. "
        "Questions that were asked here within a month open at once, and tomorrow you can ask again."
    )


def not_while_open(question: Question) -> str:
    """Refuses to put a walkthrough of an open question before everybody."""
    return (
        f"That is close to an open question here, {question.title}, and others are still working on it. Nothing was "
        "put into the channel. Ask without share to read it yourself, and share it after the close."
    )


def attempt_first(ask: Ask, post: Post, question: Question, group: Group) -> Card:
    """Before the walkthrough of an open question that the member has not answered."""
    closes = (", which closes ", moment(post.closes_at, group)) if post.closes_at else ()
    return Card(
        "attempt-first",
        (
            Heading("Try it yourself first"),
            Text(("You ask for (or very nearly for) the open question here, ", Bold(question.title), *closes, ".")),
            Text((SKETCH_FIRST,)),
            Buttons(
                (
                    Button("Sketch it in five minutes", f"walk-sketch:{ask.id}"),
                    Button("Write my answer", f"answer:{post.day}"),
                    Button("Show anyway", f"walk-anyway:{ask.id}"),
                )
            ),
        ),
        data={"ask": ask.id, "question": question.id, "day": post.day.isoformat()},
    )


def sketch_form(ask: Ask, *, error: str = "") -> Form:
    """Where the sketch is written; what was typed before stands in it."""
    box = TextField(
        key=SKETCH_FIELD,
        label="Your sketch",
        hint="What would you decide, what does it cost, what would you measure?",
        value=ask.sketch,
        fewest_chars=1,
    )
    return Form(
        action=f"walk-sketch:{ask.id}",
        title="Five-minute sketch",
        fields=(box,),
        intro=line(ask.question, _SHOWN_QUESTION_CHARS),
        errors={SKETCH_FIELD: error} if error else {},
    )


def progress(question: str, steps: tuple[Step, ...], titles: tuple[str, ...]) -> Card:
    """How far it is: the newest searches, and the section that is being written."""
    queries = [step.about for step in steps if step.doing is Doing.SEARCHING]
    shown = tuple((Own(line(query, _QUERY_CHARS)),) for query in queries[-_DONE_SEARCHES:])
    return Card(
        "walkthrough-progress",
        (
            Heading("Your walkthrough is being made"),
            Text((Own(line(question, _SHOWN_QUESTION_CHARS)),)),
            *((Text((Bold(_searched(len(queries))),)), Bullets(shown)) if shown else ()),
            Text((_now(steps, titles),)),
        ),
    )


def waiting(question: str, until: datetime, group: Group) -> Card:
    """The model asked to wait."""
    return Card(
        "walkthrough-progress",
        (
            Heading("Your walkthrough has to wait"),
            Text((Own(line(question, _SHOWN_QUESTION_CHARS)),)),
            Text(("The model is busy or cannot be reached. I try again ", moment(until, group), ".")),
        ),
    )


def _searched(count: int) -> str:
    return "1 search so far" if count == 1 else f"{count} searches so far, the newest last"


def step(last: Step, titles: tuple[str, ...]) -> str:
    """One step as a line of its own."""
    return (
        f"Searching the web: {line(last.about, _QUERY_CHARS)}"
        if last.doing is Doing.SEARCHING
        else _doing(last, titles)
    )


def _now(steps: tuple[Step, ...], titles: tuple[str, ...]) -> str:
    return _doing(steps[-1], titles) if steps else "I am reading the question."


def _doing(last: Step, titles: tuple[str, ...]) -> str:
    if last.doing is Doing.MENDING:
        return "It is written. Something is missing in it, so it is being mended once."
    if last.doing is Doing.SEARCHING:
        return "I am searching the web."
    number = int(last.about) if last.about.isdecimal() else 0
    name = f", {titles[number - 1]}" if 1 <= number <= len(titles) else ""
    return f"I am writing section {number} of {len(titles)}{name}."
