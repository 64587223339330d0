"""The meter, kept for Prometheus. No label names a group, a member or a workspace."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

ACK_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0)
"""Slack and Discord wait 3 s for an acknowledgement (DESIGN 4)."""
JOB_S = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0)
"""A post takes a second, a review some tens; a model of one's own may need minutes."""


class Metrics:
    """The Meter port, and what is measured when somebody looks. `page` prints all of it."""

    def __init__(self) -> None:
        """All at zero, in a registry of its own."""
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._events = Counter("tpm_events", "What arrived.", ("platform", "kind", "outcome"), registry=registry)
        self._ack = Histogram(
            "tpm_ack_seconds", "Time to the acknowledgement.", ("platform", "kind"), buckets=ACK_S, registry=registry
        )
        self._jobs = Counter("tpm_jobs", "Jobs of the agenda that ended.", ("kind", "outcome"), registry=registry)
        self._job_s = Histogram("tpm_job_seconds", "Time a job took.", ("kind",), buckets=JOB_S, registry=registry)
        self._reviews = Counter("tpm_reviews", "Feedback made, by rung of the ladder.", ("rung",), registry=registry)
        self._usd = Counter("tpm_model_cost_usd", "What the model cost, in dollars.", registry=registry)
        self._calls = Counter(
            "tpm_chat_calls", "What the bot said of itself.", ("platform", "call", "outcome"), registry=registry
        )
        self._lag = Gauge(
            "tpm_agenda_lag_seconds", "How long the job that is due first has been waiting.", registry=registry
        )
        self._running = Gauge("tpm_jobs_running", "Jobs that run in this process.", registry=registry)
        self._dead = Gauge("tpm_jobs_dead", "Jobs that were given up.", registry=registry)
        self._up = Gauge("tpm_ready", "Whether a part works: redis, or a platform.", ("part",), registry=registry)

    def event(self, platform: str, kind: str, outcome: str, ack_s: float) -> None:
        self._events.labels(platform, kind, outcome).inc()
        self._ack.labels(platform, kind).observe(ack_s)

    def job(self, kind: str, outcome: str, took_s: float) -> None:
        self._jobs.labels(kind, outcome).inc()
        self._job_s.labels(kind).observe(took_s)

    def review(self, rung: str) -> None:
        self._reviews.labels(rung).inc()

    def spent(self, usd: float) -> None:
        self._usd.inc(usd)

    def chat_call(self, platform: str, call: str, outcome: str) -> None:
        """The bot said something of itself."""
        self._calls.labels(platform, call, outcome).inc()

    def agenda(self, *, lag_s: float, dead: int) -> None:
        """How the agenda stands. `lag_s` is 0 when nothing is late."""
        self._lag.set(lag_s)
        self._dead.set(dead)

    def running(self, jobs: int) -> None:
        """How many jobs run here."""
        self._running.set(jobs)

    def part(self, name: str, *, ready: bool) -> None:
        """Whether Redis or a platform works."""
        self._up.labels(name).set(ready)

    def page(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return generate_latest(self._registry)
