"""Metrics of requests: per service, method and route template the number, the statuses and the durations.

Plain numbers in dictionaries instead of the library's counters, whose locks and labels cost several times as much in
every request. Requests are observed and shown on the event loop's thread alone.
"""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)
_EDGES = (*map(str, _BOUNDS), "+Inf")
UNMATCHED = "unmatched"
"""The route of requests without a route. Clients choose their paths, so these are no labels."""


class _Counted:
    """Requests of one method and route. `statuses` counts by status; None if the client disconnected before one."""

    __slots__ = ("buckets", "seconds", "statuses")

    def __init__(self) -> None:
        self.buckets = [0] * len(_EDGES)
        self.seconds = 0.0
        self.statuses: dict[int | None, int] = {}


class ServiceRequests:
    """The requests of one service. `open` is the number of requests in progress."""

    __slots__ = ("counted", "open")

    def __init__(self) -> None:
        self.open = 0
        self.counted: dict[tuple[str, str], _Counted] = {}

    def observe(self, method: str, route: str, status: int | None, seconds: float) -> None:
        """Counts a finished request. `route` is its template, or UNMATCHED."""
        counted = self.counted.get((method, route))
        if counted is None:
            counted = self.counted[method, route] = _Counted()
        counted.buckets[bisect_left(_BOUNDS, seconds)] += 1
        counted.seconds += seconds
        statuses = counted.statuses
        statuses[status] = statuses.get(status, 0) + 1


class Requests(Collector):
    """The requests of the services of this process."""

    def __init__(self) -> None:
        self._services: dict[str, ServiceRequests] = {}

    def of(self, service: str) -> ServiceRequests:
        """The metrics of one service."""
        return self._services.setdefault(service, ServiceRequests())

    def collect(self) -> Iterator[Metric]:
        """Called by the library for `/metrics`, in another thread, while requests may change the numbers."""
        finished = CounterMetricFamily(
            "escm_requests", "Requests by the status of their response", labels=["service", "method", "route", "status"]
        )
        times = HistogramMetricFamily(
            "escm_request_seconds",
            "From a request's head to the end of its response",
            labels=["service", "method", "route"],
        )
        in_progress = GaugeMetricFamily("escm_requests_open", "Requests in progress", labels=["service"])
        for service, requests in list(self._services.items()):
            in_progress.add_metric([service], requests.open)
            for (method, route), counted in list(requests.counted.items()):
                labels = [service, method, route]
                buckets = list(zip(_EDGES, map(float, accumulate(counted.buckets)), strict=True))
                times.add_metric(labels, buckets, counted.seconds)
                for status, count in list(counted.statuses.items()):
                    finished.add_metric([*labels, "gone" if status is None else str(status)], count)
        yield from (finished, times, in_progress)


REQUESTS = Requests()
REGISTRY.register(REQUESTS)
