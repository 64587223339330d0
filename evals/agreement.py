"""How far a reviewer agrees with the labels, beside what labellers reach and what length alone would."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from bot.domain.prose import measure
from evals.golden import MIDDLING, Golden, of_24
from evals.kappa import Measured, Pair, by_length, kappa, mean
from evals.labels import Labeller
from evals.metric import Metric, Results

LEAST_KAPPA, LEAST_SECTION, LEAST_MIDDLING = 0.85, 0.75, 0.60
BELOW_LABELLERS = 0.05
MOST_ERROR = 1.9
"""Of 24 (reference llm.md 5.3: 8 %)."""
ADJUDICATED = "adjudicated"
"""A labeller of this name settles what the others disagree on."""


def agreement(results: Results) -> list[Metric]:
    """Kappas and errors of the totals, each with its target."""
    ours = {
        answer_id: (outcome.case.of, outcome.first.bands)
        for answer_id, outcome in results.golden.items()
        if outcome.good
    }
    gold = truth((golden for golden, _ in ours.values()), results.labellers)
    pairs = list(_pairs(gold, {answer_id: bands for answer_id, (_, bands) in ours.items()}))
    middling = {answer_id for answer_id, (golden, _) in ours.items() if golden.band == MIDDLING}
    return [
        _kappa(results, "kappa", "kappa, all sections pooled", pairs, LEAST_KAPPA),
        *_by_section(results, gold, pairs),
        _kappa(
            results, "kappa-middling", "kappa, answers of the middle band",
            [pair for pair in pairs if pair[0] in middling], LEAST_MIDDLING,
        ),
        *_totals(results, gold, ours),
        *_labellers(results, gold),
        *_baselines(results, gold, {answer_id: golden for answer_id, (golden, _) in ours.items()}),
    ]  # fmt: skip


def truth(golden: Iterable[Golden], labellers: Iterable[Labeller]) -> dict[str, Mapping[str, int]]:
    """Golden id -> section key -> band: the author's, or as adjudicated."""
    settled = next((each.bands for each in labellers if each.name == ADJUDICATED), {})
    return {
        each.id: {key: label.band for key, label in each.labels.items()} | dict(settled.get(each.id, {}))
        for each in golden
    }


_Located = tuple[str, str, Pair]
"""Golden id, section key, the two bands."""


def _pairs(one: Mapping[str, Mapping[str, int]], other: Mapping[str, Mapping[str, int]]) -> Iterator[_Located]:
    for answer_id, bands in one.items():
        for key, band in bands.items():
            if key in other.get(answer_id, {}):
                yield answer_id, key, (band, other[answer_id][key])


def _kappa(results: Results, key: str, what: str, pairs: list[_Located], least: float | None = None) -> Metric:
    value, n = results.over_answers(((answer_id, pair) for answer_id, _, pair in pairs), kappa)
    return Metric(key=key, what=what, value=value, n=n, least=least)


def _by_section(results: Results, gold: Mapping[str, Mapping[str, int]], pairs: list[_Located]) -> Iterator[Metric]:
    found = []
    for key in sorted({section for _, section, _ in pairs}):
        human = [
            kappa([pair for _, section, pair in _pairs(gold, each.bands) if section == key])
            for each in _independent(results)
        ]
        reached = [value for value in human if value is not None]
        least = max([LEAST_SECTION, *(value - BELOW_LABELLERS for value in reached)])
        of_section = [pair for pair in pairs if pair[1] == key]
        found.append(_kappa(results, f"kappa-{key}", f"kappa, section {key}", of_section, least))
    yield from found
    values = [metric.value.value for metric in found if metric.value.value is not None]
    yield Metric(
        key="kappa-sections", what="kappa, mean of the sections", value=Measured(mean(values)), n=len(values),
        least=LEAST_SECTION,
    )  # fmt: skip


def _totals(
    results: Results, gold: Mapping[str, Mapping[str, int]], ours: Mapping[str, tuple[Golden, Mapping[str, int]]]
) -> Iterator[Metric]:
    errors = [
        (answer_id, abs(of_24(list(gold[answer_id].values())) - of_24(list(bands.values()))))
        for answer_id, (_, bands) in ours.items()
        if bands
    ]
    value, n = results.over_answers(errors, mean)
    yield Metric(key="mae", what="mean error of the total, of 24", value=value, n=n, most=MOST_ERROR)


def _labellers(results: Results, gold: Mapping[str, Mapping[str, int]]) -> Iterator[Metric]:
    ours = {answer_id: outcome.first.bands for answer_id, outcome in results.golden.items() if outcome.good}
    for each in _independent(results):
        yield _kappa(
            results, f"labels-{each.name}", f"kappa, {each.name} and the labels", list(_pairs(gold, each.bands))
        )
        yield _kappa(
            results, f"ours-{each.name}", f"kappa, {each.name} and the reviewer", list(_pairs(each.bands, ours))
        )
    if not _independent(results):
        yield Metric(key="labels", what="kappa, second labels and first", value=Measured(None), n=0)


def _independent(results: Results) -> list[Labeller]:
    return [each for each in results.labellers if each.name != ADJUDICATED]


def _baselines(
    results: Results, gold: Mapping[str, Mapping[str, int]], golden: Mapping[str, Golden]
) -> Iterator[Metric]:
    ids = list(gold)
    lengths = [math.log(max(1, measure(golden[answer_id].text).words)) for answer_id in ids]
    true = [list(gold[answer_id].values()) for answer_id in ids]
    guessed = by_length(lengths, true)
    pairs = [
        (answer_id, pair)
        for answer_id, bands, guess in zip(ids, true, guessed, strict=True)
        for pair in zip(bands, guess, strict=True)
    ]
    value, n = results.over_answers(pairs, kappa)
    yield Metric(key="length-kappa", what="baseline: kappa of length alone", value=value, n=n)
    errors = [
        (answer_id, abs(of_24(bands) - of_24(guess)))
        for answer_id, bands, guess in zip(ids, true, guessed, strict=True)
    ]
    value, n = results.over_answers(errors, mean)
    yield Metric(key="length-mae", what="baseline: mean error of the total by length alone, of 24", value=value, n=n)
    totals = [(answer_id, of_24(bands)) for answer_id, bands in zip(ids, true, strict=True)]
    middle = sorted(total for _, total in totals)[len(totals) // 2] if totals else 0.0
    value, n = results.over_answers(((answer_id, abs(total - middle)) for answer_id, total in totals), mean)
    yield Metric(
        key="constant-mae", what="baseline: mean error of one total for all, of 24 (its kappa is 0)", value=value, n=n
    )
