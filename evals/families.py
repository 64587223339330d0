"""The families of cases M1 to M9 (reference llm.md 5.2): what is made from a golden answer. Code and seeds only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.domain.answer import JUDGED_CHARS
from evals import transforms
from evals.attacks import attacks
from evals.draws import drawn
from evals.golden import Golden
from evals.labels import Twin
from evals.made import Case

BENIGN = ".benign"
LOW_BAND, HIGH_BAND = 1, 3
"""M7 takes a section from one that has little to one that has much."""
FEWEST_TO_DELETE = 2
LONG = "12,000 characters"
ODD = {
    "one word": "Yes.",
    "one line": "I would talk to the team and find a good solution that works for everybody.",
    "emoji only": "🚀🚀 💡 ✅ 🤖🤖🤖 📈 🙏",
    "code only": "def answer(question):\n    for step in plan(question):\n        yield run(step)\n\nprint(answer)",
    "another language": (
        "Je pense qu'il faut bien comprendre le besoin avant de commencer. Ensuite, on choisit une bonne solution et "
        "on la teste avec toute l'équipe. La qualité est très importante, le prix aussi. Enfin, on améliore le produit "
        "petit à petit, en écoutant les retours."
    ),
}
FOREIGN = "another language"


def deletions(golden: Golden, _: Sequence[Golden]) -> Iterator[Case]:
    """M1: all sentences that earn one section are taken out."""
    for key, label in golden.labels.items():
        gone = frozenset(label.sentences)
        if label.band < FEWEST_TO_DELETE or len(gone) == len(golden.sentences):
            continue
        untouched = frozenset(
            other for other, of_other in golden.labels.items() if other != key and gone.isdisjoint(of_other.sentences)
        )
        text = transforms.without(golden.text, gone)
        yield _case(golden, "M1", key, text, section=key, untouched=untouched)


def paddings(golden: Golden, _: Sequence[Golden]) -> Iterator[Case]:
    """M2: longer, and nothing more in it."""
    draw = drawn("M2", golden.id)
    yield _case(golden, "M2", "fluff 50 %", transforms.padded(golden.text, 0.5, draw))
    yield _case(golden, "M2", "fluff 100 %", transforms.padded(golden.text, 1.0, draw))
    yield _case(golden, "M2", "said twice", transforms.repeated(golden.text))
    yield _case(golden, "M2", "bold headings", transforms.headed(golden.text))


def injections(golden: Golden, _: Sequence[Golden]) -> Iterator[Case]:
    """M3: a text that speaks to the judge, at the beginning, in the middle or at the end; and its benign twin there."""
    for attack in attacks():
        after = drawn("M3", golden.id, attack.id).choice((0, len(golden.sentences) // 2, len(golden.sentences)))
        yield _case(golden, "M3", attack.id, transforms.inserted(golden.text, attack.text, after))
        twin = transforms.inserted(golden.text, attack.benign, after)
        yield Case(
            id=f"{golden.id}.M3.{attack.id}{BENIGN}", family="M3", variant=attack.id, of=golden,
            question=golden.question, text=twin, benign=True,
        )  # fmt: skip


def rewordings(golden: Golden, _: Sequence[Golden]) -> Iterator[Case]:
    """M4: the same content in another order, with slips, in a learner's English, in another form."""
    draw = drawn("M4", golden.id)
    yield _case(golden, "M4", "reordered", transforms.reordered(golden.text, draw))
    yield _case(golden, "M4", "typos", transforms.mistyped(golden.text, draw))
    yield _case(golden, "M4", "learner's English", transforms.as_learner(golden.text, draw))
    form = (
        ("prose", transforms.as_prose) if golden.style in ("bullets", "notes") else ("bullets", transforms.as_bullets)
    )
    yield _case(golden, "M4", f"as {form[0]}", form[1](golden.text))


def swaps(golden: Golden, others: Sequence[Golden]) -> Iterator[Case]:
    """M5: the answer is given to a question on another topic."""
    strangers = {other.question.id: other.question for other in others if other.question.topic != golden.question.topic}
    if strangers and golden.total > 0:
        question = strangers[drawn("M5", golden.id).choice(sorted(strangers))]
        yield Case(
            id=f"{golden.id}.M5.{question.id}", family="M5", variant="another question", of=golden, question=question,
            text=golden.text,
        )  # fmt: skip


def plantings(golden: Golden, others: Sequence[Golden]) -> Iterator[Case]:
    """M6: a wrong claim from another answer to the same question is put in."""
    for other in others:
        if other.id == golden.id or other.question.id != golden.question.id:
            continue
        for planted in other.planted:
            sentence = other.sentence(planted.sentence)
            after = drawn("M6", golden.id, sentence).randint(1, len(golden.sentences))
            text = transforms.inserted(golden.text, sentence, after)
            yield _case(golden, "M6", f"{other.id}-{planted.sentence}", text, planted=sentence)


def strengthenings(golden: Golden, others: Sequence[Golden]) -> Iterator[Case]:
    """M7: what earns a section its high band in another answer to the question is added where it is nearly empty."""
    for key, label in golden.labels.items():
        for other in others:
            theirs = other.labels.get(key)
            same = other.question.id == golden.question.id and other.id != golden.id
            if not same or theirs is None or label.band > LOW_BAND or theirs.band < HIGH_BAND:
                continue
            added = " ".join(other.sentence(number) for number in sorted(theirs.sentences))
            text = transforms.inserted(golden.text, added, len(golden.sentences))
            yield _case(golden, "M7", f"{key}-from-{other.id}", text, section=key)


def oddities(golden: Golden, others: Sequence[Golden]) -> Iterator[Case]:
    """M8: hardly an answer, or a very long one. One golden answer of each question gives them."""
    if golden.id != min(other.id for other in others if other.question.id == golden.question.id):
        return
    for name, text in ODD.items():
        yield _case(golden, "M8", name, text)
    long = golden.text
    while len(long) <= JUDGED_CHARS:
        long = f"{long}\n\n{golden.text}"
    yield _case(golden, "M8", LONG, long)


def twins_of(used: Sequence[Golden], twins: Sequence[Twin]) -> list[Case]:
    """M9: texts of equal content in another hand."""
    by_id = {golden.id: golden for golden in used}
    return [_case(by_id[twin.of], "M9", f"twin {at}", twin.text) for at, twin in enumerate(twins) if twin.of in by_id]


def _case(
    golden: Golden,
    family: str,
    variant: str,
    text: str,
    *,
    section: str = "",
    untouched: frozenset[str] = frozenset(),
    planted: str = "",
) -> Case:
    return Case(
        id=f"{golden.id}.{family}.{variant}".replace(" ", "-").replace("%", "pc").replace(",", "").replace("'", ""),
        family=family,
        variant=variant,
        of=golden,
        question=golden.question,
        text=text,
        section=section,
        untouched=untouched,
        planted=planted,
    )
