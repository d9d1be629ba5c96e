"""What is counted of an app, for /metrics. No label names a person or a client."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

REGISTRY = CollectorRegistry()
LABELS = ("app", "route", "verb", "status")

requests = Counter("backoffice_requests", "Requests answered", LABELS, registry=REGISTRY)
seconds = Histogram(
    "backoffice_request_seconds", "How long an answer took", ("app", "route"), registry=REGISTRY
)
refusals = Counter("backoffice_refusals", "Refusals by their code", ("code",), registry=REGISTRY)
cross_tenant = Counter(
    "backoffice_cross_tenant", "Requests for a client that is not the reader's", registry=REGISTRY
)


def count_request(*, app: str, route: str, verb: str, status: int, took: float) -> None:
    requests.labels(app, route, verb, str(status)).inc()
    seconds.labels(app, route).observe(took)


def count_refusal(code: str) -> None:
    refusals.labels(code).inc()


def count_cross_tenant() -> None:
    """An alert belongs here: more than five a minute is somebody trying doors."""
    cross_tenant.inc()


def exposition() -> bytes:
    return generate_latest(REGISTRY)
