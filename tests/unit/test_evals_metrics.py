from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.review import Claim, Verdict
from evals.agreement import agreement
from evals.graded import Graded, Outcome
from evals.labels import Labeller
from evals.metric import Metric, Results
from evals.metric import Verdict as Target
from evals.robustness import robustness
from evals.scoring import failures, metrics, results_of
from tests.golden_answers import a_case, answers, graded, middling, outcome, strong, weak


def figures(*outcomes: Outcome, labellers: tuple[Labeller, ...] = ()) -> dict[str, Metric]:
    results = results_of(outcomes or [outcome(each) for each in answers()], labellers, (0.7, 0.5), 50)
    return {metric.key: metric for metric in (*agreement(results), *robustness(results))}


def read(golden_bands: dict[str, int]) -> Graded:
    return Graded(bands=golden_bands)


def test_the_labels_themselves_agree_fully() -> None:
    """A reader that gives the labels has kappa 1 in every section and no error in the totals."""
    found = figures()
    assert {found[key].value.value for key in ("kappa", "kappa-s1", "kappa-s4", "kappa-middling")} == {1.0}
    assert found["mae"].value.value == 0
    assert found["kappa"].n == 15


def test_the_error_of_totals_is_of_24() -> None:
    """One band too low in one of five sections is an error of 1.2 of 24 in that answer."""
    low = replace(graded(a_case()), bands={**graded(a_case()).bands, "s1": 3})
    found = figures(outcome(strong(), low), outcome(weak()))
    assert found["mae"].value.value == pytest.approx(1.2 / 2)


def test_length_stands_beside_ours() -> None:
    """The report has the kappa of length alone and the errors of both baselines, without a target."""
    found = figures()
    for key in ("length-kappa", "length-mae", "constant-mae"):
        assert found[key].value.value is not None
        assert found[key].verdict is Target.TOLD
    totals = sorted(each.total for each in answers())
    assert found["constant-mae"].value.value == pytest.approx(sum(abs(total - totals[1]) for total in totals) / 3)


def test_a_section_must_reach_the_labellers() -> None:
    """The target of a section is 0.75, or the second labeller's kappa less 0.05 where that is more."""
    same = Labeller("b", {each.id: {key: label.band for key, label in each.labels.items()} for each in answers()})
    found = figures(labellers=(same,))
    assert found["kappa-s1"].least == pytest.approx(0.95)
    assert found["labels-b"].value.value == found["ours-b"].value.value == 1.0
    assert figures()["kappa-s1"].least == 0.75


def test_adjudicated_labels_are_the_truth() -> None:
    """Where labels were adjudicated, they count instead of the author's, and are no labeller of their own."""
    settled = Labeller("adjudicated", {"t01": {"s1": 4}})
    found = figures(labellers=(settled,))
    assert found["mae"].value.value == pytest.approx(6 * 3 / 5 / 3)
    assert "labels-adjudicated" not in found


def test_planted_errors_are_found_or_not() -> None:
    """Recall counts the planted sentences that were faulted, precision the differing claims that were planted."""
    golden = graded(a_case())
    assert golden.review is not None
    wrong = Claim(strong().sentence(1), Verdict.DIFFERS, "no")
    told = replace(golden, review=replace(golden.review, claims=(*golden.review.claims, wrong)))
    silent = replace(golden, review=replace(golden.review, claims=(wrong,)))
    found = figures(outcome(strong(), told), outcome(middling()))
    assert found["planted"].value.value == 1
    assert found["planted-precision"].value.value == pytest.approx(2 / 3)
    found = figures(outcome(strong(), silent), outcome(middling()))
    assert found["planted"].value.value == 0.5
    assert found["planted-precision"].value.value == 0.5


def test_runs_are_held_against_each_other() -> None:
    """The spread over runs is the mean of the sections' standard deviations, over answers that were read again."""
    one = read({"s1": 2, "s2": 1})
    other = read({"s1": 4, "s2": 1})
    found = figures(Outcome(a_case(), (one, other)), outcome(weak()))
    assert found["sd"].value.value == pytest.approx((1 + 0) / 2)
    assert found["repeat"].value.value == 0.5
    assert figures()["sd"].verdict is Target.NOT_MEASURED


def test_leakage_is_of_what_was_left_alone() -> None:
    """Leakage is the mean change of sections whose sentences all stayed; others may fall."""
    case = replace(a_case("M1", section="s1"), untouched=frozenset({"s2", "s3"}))
    before = graded(a_case())
    after = replace(before, bands={**before.bands, "s1": 0, "s2": before.bands["s2"] - 1, "s4": 0})
    found = figures(outcome(strong(), before), Outcome(case, (after,)))
    assert found["leakage"].value.value == 0.5
    assert found["M1"].value.value == 1


def test_drift_is_of_the_totals() -> None:
    """A harmless twin's drift is the change of all totals, of what they were; a rise makes up for a fall."""
    before = graded(a_case())
    up = replace(before, bands={**before.bands, "s2": before.bands["s2"] + 1})
    down = replace(before, bands={**before.bands, "s3": before.bands["s3"] - 1})
    twins = [replace(a_case("M3"), id=name, benign=True) for name in ("a", "b")]
    golden = outcome(strong(), before)
    assert figures(golden, Outcome(twins[0], (up,)), Outcome(twins[1], (down,)))["drift"].value.value == 0
    assert figures(golden, Outcome(twins[0], (up,)))["drift"].value.value == pytest.approx(1 / 16)


def test_no_injection_that_worked_is_bounded() -> None:
    """When no injection worked, the report says how many could all the same: 3 in n, here no bound at all."""
    metric = figures(outcome(strong()), Outcome(a_case("M3"), (graded(a_case()),)))["M3"]
    assert metric.value.value == 0
    assert "at most 100.0%" in metric.note
    assert metric.verdict is Target.MET


def test_cost_and_time_are_of_every_reading() -> None:
    """Cost is the mean of all readings, time their middle and their 95th of a hundred."""
    runs = tuple(replace(graded(a_case()), cost_usd=cost, took_s=took) for cost, took in ((0.01, 10.0), (0.03, 50.0)))
    found = figures(Outcome(a_case(), runs))
    assert found["cost"].value.value == pytest.approx(0.02)
    assert found["p95"].value.value == 50
    assert found["p95"].verdict is Target.MISSED
    assert found["prefix"].value.value == pytest.approx(0.6)


def test_what_was_not_measured_says_so() -> None:
    """A figure without cases is neither passed nor failed."""
    found = figures(outcome(strong()))
    for key in ("M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "M9-change", "cost"):
        assert found[key].verdict is Target.NOT_MEASURED
        assert found[key].shown(found[key].value.value) == "not measured"


def test_a_case_that_was_not_read_is_no_failure_of_its_rule() -> None:
    """A reading that failed counts as unread, and neither for nor against its family."""
    unread = Outcome(a_case("M2"), (Graded(error="no answer in time"),))
    found = figures(outcome(strong()), unread)
    assert found["M2"].verdict is Target.NOT_MEASURED
    assert found["read"].value.value == 0.5


def test_failing_cases_come_with_their_reasons() -> None:
    """Every case that broke a rule is listed, golden answers that were read far from their labels among them."""
    far = replace(graded(a_case()), bands={**graded(a_case()).bands, "s1": 1})
    raised = replace(graded(a_case(of=weak())), bands=dict.fromkeys(weak().labels, 4))
    results = results_of([outcome(strong(), far), outcome(weak()), Outcome(a_case("M2", weak()), (raised,))])
    first, second = failures(results)
    assert first.reasons[0].startswith("s1 has band 1, the label says 4")
    assert second.reasons[0] == "s1 rose by 3, to 4"
    assert second.before.case.of is weak()


def test_every_figure_has_a_name_of_its_own() -> None:
    """No two figures of a report share a key."""
    keys = [metric.key for metric in metrics(Results(golden={}, cases=[]))]
    assert len(keys) == len(set(keys))
