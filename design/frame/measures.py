"""What is counted of an app, for /metrics. No label names a person or a client."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from backoffice.foundation.batches import Health

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

# Work in the background. Alerts: oldest due over 120, lost over 1 % of ended, relay over 60.
BACKGROUND = {
    "oldest_due_seconds": "For how long the oldest due item has waited",
    "waiting": "Items that wait",
    "running": "Items that a worker holds",
    "ended": "Items that ended within the hour",
    "failed": "Of these, given up",
    "lost": "Of these, lost by a worker on the way",
    "relay_silent_seconds": "Since a worker last looked for unheard work",
}
background = {
    name: Gauge(f"backoffice_background_{name}", words, registry=REGISTRY)
    for name, words in BACKGROUND.items()
}


def count_background(health: Health) -> None:
    for name, gauge in background.items():
        value = getattr(health, name)
        gauge.set(float("nan") if value is None else value)


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
