"""Metrics in the format of Prometheus: what is asked, how long it takes, what is open."""

import gc

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.requests = Counter(
            "roi_requests",
            "Requests answered, by route and status.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "roi_request_seconds",
            "Time to answer a request.",
            ("route",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.visits = Gauge(
            "roi_open_visits", "Browsers connected to a page.", registry=self.registry
        )
        self.refused = Counter(
            "roi_refused",
            "Requests refused before they were read, by reason.",
            ("reason",),
            registry=self.registry,
        )
        self.saved = Counter(
            "roi_saved_versions", "Versions of scenarios saved.", registry=self.registry
        )
        self.storage_failures = Counter(
            "roi_storage_failures",
            "Times that the database did not do what was asked, by reason.",
            ("reason",),
            registry=self.registry,
        )
        frozen = Gauge(
            "roi_frozen_objects",
            "Objects that the collector no longer looks at.",
            registry=self.registry,
        )
        frozen.set_function(gc.get_freeze_count)
        self.script_errors = Counter(
            "roi_page_errors", "Pages that could not be shown.", registry=self.registry
        )

    def text(self) -> bytes:
        """Return all of them as Prometheus reads them."""
        return generate_latest(self.registry)
