"""What operators see of a system after the tour: spans, metrics and logs, without personal data."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from tests.support.collector import Collector, Span, observed_system
from tests.support.documents import run_commands
from tests.support.running import eventually

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}|[A-Z]{3}-[0-9]{6}")
_TRACE = "0af7651916cd43dd8448eb211c80319c"
_PERSONAL = (
    *("Gammasdottir", "Cleo", "President", "cleo@", "example.org", "Rector", "Canary", "canary"),
    *("Bearer", "eyJ", "password=", "client_secret"),
)


class Observed(NamedTuple):
    """A system after the tour: the collector of its spans, and its logs and metrics by process."""

    stack: dict[str, Any]
    collector: Collector
    logs: dict[str, str]
    numbers: dict[str, str]


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observed]:
    with observed_system() as (collector, stack, folder):
        run_commands("tour.md", stack, tmp_path_factory.mktemp("tour"))
        _go_astray(stack["base_url"])
        numbers = {name: httpx.get(url, trust_env=False).text for name, url in stack["metrics"].items()}
        eventually(lambda: _TRACE in {span.trace for span in collector.spans})
        logs = {file.stem: file.read_text() for file in _logs(folder)}
        yield Observed(stack, collector, logs, numbers)


def _go_astray(base_url: str) -> None:
    """Requests with a canary in every part, which fail in several ways."""
    with httpx.Client(base_url=base_url, trust_env=False) as client:
        wrong = {"grant_type": "password", "username": "canary@example.org", "password": "canary-password"}
        assert client.post("/access/v1/oauth/token", data=wrong).status_code in (400, 401)
        for path in ("/membership/v1/experts?q=canary", "/membership/v1/experts/canary", "/Canary/of/nobody"):
            client.get(path, headers={"traceparent": f"00-{_TRACE}-b7ad6b7169203331-01"})
        client.post("/membership/v1/experts", json={"name": "Canary"}, headers={"Authorization": "Bearer canary"})


def _logs(folder: Path) -> list[Path]:
    found = list(folder.rglob("*.log"))
    assert {"api", "background", "postgres"} <= {file.stem for file in found}
    return found


def _one(spans: list[Span], kind: str, name: str) -> Span:
    """The last span of this kind whose name begins so."""
    *_, found = [span for span in spans if span.kind == kind and span.name.startswith(name)]
    return found


def test_a_fact_is_followed_from_the_request_to_its_effect_in_another_service(observed: Observed) -> None:
    collector = observed.collector

    def reactions() -> list[tuple[Span, Span]]:
        attempts = {span.id: span for span in collector.spans if span.name == "actions facts"}
        name = "react to escm.centres.centre.designated.v1"
        return [(attempts[s.parent], s) for s in collector.spans if s.name == name and s.parent in attempts]

    *_, (attempt, effect) = eventually(reactions)
    announced = collector.span(effect.links[-1])
    request = collector.span(announced.parent)
    assert (effect.kind, effect.process) == ("INTERNAL", "escm-background")
    assert (attempt.kind, attempt.process) == ("CONSUMER", "escm-background")
    assert announced.id in attempt.links
    assert (announced.kind, announced.name) == ("PRODUCER", "announce escm.centres.centre.designated.v1")
    assert (request.kind, request.process) == ("SERVER", "escm-api")
    assert request.name == "POST /centres/v1/centres/{record}/transitions"
    assert request.attributes["http.response.status_code"] == 200


def test_a_job_is_followed_from_the_request_to_its_transactions(observed: Observed) -> None:
    collector = observed.collector
    eventually(lambda: [s for s in collector.spans if s.name.startswith("membership job import")])
    attempt = _one(collector.spans, "CONSUMER", "membership job import")
    deferred = collector.span(attempt.links[0])
    request = collector.span(deferred.parent)
    effects = [span for span in collector.spans if span.parent == attempt.id]
    assert deferred.kind == "PRODUCER"
    assert request.name == "POST /membership/v1/imports"
    assert {attempt.trace, deferred.trace, request.trace} == {effect.trace for effect in effects}
    assert {effect.kind for effect in effects} == {"INTERNAL"}


def test_numbers_name_routes_by_their_templates(observed: Observed) -> None:
    routes = set(re.findall(r'route="([^"]*)"', observed.numbers["api"]))
    assert {"/membership/v1/experts", "/centres/v1/centres/{record}/transitions", "unmatched"} <= routes
    requests = 'escm_requests_total{method="POST",route="/membership/v1/imports",service="membership",status="202"} '
    assert f"{requests}2.0" in observed.numbers["api"]
    for process, text in observed.numbers.items():
        assert _ID.search(text) is None, process


def test_the_work_store_reports_its_depth_and_age(observed: Observed) -> None:
    numbers = observed.stack["metrics"]["background"]
    eventually(lambda: "escm_relay_leading 1.0" in httpx.get(numbers, trust_env=False).text)
    text = httpx.get(numbers, trust_env=False).text
    for name in ("escm_work_rows", "escm_work_oldest_seconds", "escm_work_attempts_max"):
        assert f"# TYPE {name} gauge" in text
    assert 'escm_handled_total{outcome="done",queue="jobs",service="membership"}' in observed.numbers["background"]


def test_each_request_is_one_line_with_its_ids_and_its_template(observed: Observed) -> None:
    lines = [json.loads(line) for line in observed.logs["api"].splitlines() if '"event":"request"' in line]
    (designated,) = [
        line for line in lines if line["route"] == "/centres/v1/centres/{record}/transitions" and line["status"] == 200
    ][-1:]
    assert set(designated) == {
        *("event", "level", "timestamp", "process", "request_id", "trace_id"),
        *("service", "method", "route", "status", "milliseconds"),
    }
    spans = [
        span for span in observed.collector.spans if span.trace == designated["trace_id"] and span.kind == "SERVER"
    ]
    assert designated["request_id"] in {span.attributes["escm.request"] for span in spans}
    assert len([line for line in lines if line["trace_id"] == _TRACE]) == 3
    pages = {line["request_id"] for line in lines if line["service"] == "portal"}
    asked = [line for line in lines if line["service"] == "portal" or line["request_id"] not in pages]
    assert len({line["request_id"] for line in asked}) == len(asked), "only what a page asks for carries the page's id"


def test_logs_numbers_and_spans_hold_no_e_mail_name_or_token(observed: Observed) -> None:
    secrets = {client["secret"] for client in observed.stack["demo"]["clients"].values()}
    shown = {
        **{f"log of {name}": text for name, text in observed.logs.items()},
        **{f"numbers of {name}": text for name, text in observed.numbers.items()},
        "spans": b"".join(observed.collector.bodies).decode(errors="ignore"),
    }
    found = [(where, word) for where, text in shown.items() for word in (*_PERSONAL, *secrets) if word in text]
    assert found == []
