"""The alerts and the dashboard use existing metrics, and the guide explains each alert."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from shared.observability import metrics
from shared.observability.requests import Requests

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "observability"
_SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
_OF_PROMETHEUS = {"up": {"job", "instance"}}
_WORDS = {
    *("sum", "max", "rate", "increase", "time", "topk", "histogram_quantile", "vector", "by", "or"),
    *("label_values", "__rate_interval", "__range"),
}


def _shown() -> dict[str, set[str]]:
    """Every sample that the processes show, with its labels."""
    families = [(family.name, family.type, _labels(family.name)) for family in REGISTRY.collect()]
    return _OF_PROMETHEUS | {
        name + suffix: {*labels, "job", "instance", *(("le",) if suffix == "_bucket" else ())}
        for name, kind, labels in families
        for suffix in _SUFFIXES.get(kind, ())
    }


def _labels(family: str) -> set[str]:
    ours = [each for each in vars(metrics).values() if isinstance(each, MetricWrapperBase)]
    declared = {each.describe()[0].name: set(each._labelnames) for each in ours}
    requests = Requests()
    requests.of("x").observe("GET", "/", 200, 0.1)
    declared |= {each.name: set().union(*(s.labels for s in each.samples)) for each in requests.collect()}
    return declared.get(family, set())


def _alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load((FOLDER / "rules.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _expressions() -> Iterator[tuple[str, str]]:
    for rule in _alerts():
        yield rule["alert"], rule["expr"]
    dashboard = json.loads((FOLDER / "dashboard.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["name"], variable["query"]


@pytest.mark.parametrize(("where", "expression"), list(_expressions()))
def test_an_expression_asks_for_what_is_shown(where: str, expression: str) -> None:
    shown = _shown()
    bare = re.sub(r'"[^"]*"|\[[^]]*\]', "", expression)
    outside = re.sub(r"\{[^}]*\}|by \([^)]*\)", "", bare)
    names = set(re.findall(r"[A-Za-z_:]\w*", outside)) - _WORDS
    if expression.startswith("label_values"):
        names -= {"service"}
    assert names, where
    assert names <= shown.keys(), where
    inside = re.findall(r"\{([^}]*)\}|\bby \(([^)]*)\)", bare)
    asked = {label for pair in inside for label in re.findall(r"[a-z]\w*", " ".join(pair))}
    assert asked <= set().union(*(shown[name] for name in names)), where


def test_every_number_of_ours_is_on_the_dashboard() -> None:
    asked = " ".join(expression for _, expression in _expressions())
    ours = [each.name for each in REGISTRY.collect() if each.name.startswith("escm_")]
    assert [name for name in ours if name not in asked] == []


def test_the_guide_says_what_to_do_about_each_alert() -> None:
    page = (ROOT / "docs" / "operators" / "runbooks.md").read_text()
    sections = re.findall(r"^## (\w+)\n\n(Page|Ticket)\. ", page, re.MULTILINE)
    assert sections == [(rule["alert"], rule["labels"]["severity"].capitalize()) for rule in _alerts()]
    for rule in _alerts():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]


def test_panels_have_ids_of_their_own_and_do_not_overlap() -> None:
    panels = json.loads((FOLDER / "dashboard.json").read_text())["panels"]
    places = [
        (x, y)
        for panel in panels
        for at in [panel["gridPos"]]
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert len(set(places)) == len(places)
