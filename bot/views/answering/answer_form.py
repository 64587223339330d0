"""The answer form: a field for each section that the question weighs, or one free text when they are too many."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards import MOST_FIELD_CHARS, MOST_FORM_FIELDS, MOST_HINT_CHARS, Form, TextField
from bot.domain.answer import FREE_TEXT
from bot.domain.framework import Framework
from bot.domain.post import Post
from bot.domain.question import Question
from bot.views.cut import cut

SEALED = "Sealed: who has not answered reads yours only after the close."


def answer_form(question: Question, post: Post, framework: Framework, values: Mapping[str, str]) -> Form:
    """The form of one post, with `values` filled in."""
    weighed = [section for section in framework.sections if question.emphasis.get(section.key, 0) > 0]
    by_section = 0 < len(weighed) <= MOST_FORM_FIELDS and FREE_TEXT not in values
    if by_section:
        fields = tuple(
            TextField(
                key=section.key,
                label=section.short,
                hint=cut(section.asks, MOST_HINT_CHARS),
                value=values.get(section.key, "")[:MOST_FIELD_CHARS],
            )
            for section in weighed
        )
    else:
        text = "\n".join(values.values())
        fields = (TextField(key=FREE_TEXT, label="Your answer", value=text[:MOST_FIELD_CHARS]),)
    intro = f"{question.prompt} You may leave a part empty.{f' {SEALED}' if post.sealed else ''}"
    return Form(action=f"answer:{post.day}", title="Your answer", fields=fields, submit="Send", intro=intro)
