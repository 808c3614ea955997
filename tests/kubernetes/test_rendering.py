"""The chart renders valid objects from good values, and nothing from others."""

import json
import subprocess
import time
from typing import Any

import pytest
import yaml

from tests.kubernetes import helm, tools
from tests.kubernetes.conftest import KINDS_OF_VALUES

MINORS = ("1.35", "1.36", "1.37")


def _faults(objects: list[dict[str, Any]], minor: str) -> list[str]:
    """What the schemas of a minor version of Kubernetes, and of the operators, find wrong."""
    command = [tools.python(), tools.HERE / "validation.py", minor]
    done = subprocess.run(command, input=json.dumps(objects), capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@pytest.mark.parametrize("values", KINDS_OF_VALUES)
def test_helm_finds_nothing_to_complain_about(values: str) -> None:
    outcome = helm.lint(values)
    assert outcome.succeeded, outcome.text


@pytest.mark.parametrize("values", KINDS_OF_VALUES)
def test_the_chart_renders_within_five_seconds(values: str) -> None:
    helm.template(values)  # so that the tools are installed
    began = time.monotonic()
    assert helm.template(values).succeeded
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("minor", MINORS)
def test_every_object_is_valid_strictly(rendered: list[dict[str, Any]], minor: str) -> None:
    assert _faults(rendered, minor) == []


@pytest.mark.parametrize("minor", MINORS)
def test_the_job_is_valid_strictly(job: dict[str, Any], minor: str) -> None:
    assert _faults([job], minor) == []


@pytest.mark.parametrize("minor", MINORS)
def test_each_minor_version_renders(minor: str) -> None:
    assert helm.template("operators", minor=minor).succeeded


@pytest.mark.parametrize("values", KINDS_OF_VALUES)
def test_helm_3_renders_the_same(values: str) -> None:
    older, newer = (helm.template(values, helm=version) for version in ("v3", "v4"))
    assert older.succeeded, older.text
    assert list(yaml.safe_load_all(older.text)) == list(yaml.safe_load_all(newer.text))


def test_an_older_kubernetes_is_refused() -> None:
    outcome = helm.template("operators", minor="1.30")
    assert not outcome.succeeded
    assert "kubeVersion" in outcome.text


def test_the_validation_finds_a_field_that_does_not_exist(everything: list[dict[str, Any]]) -> None:
    names = {each["kind"]: each for each in everything}
    for kind, described in names.items():
        changed = {**described, "spec": {**described["spec"], "replicaz": 1}}
        assert len(_faults([changed], MINORS[-1])) == 1, kind


def test_the_operators_have_their_objects(everything: list[dict[str, Any]]) -> None:
    kinds = [each["kind"] for each in everything]
    assert {kind: kinds.count(kind) for kind in sorted(set(kinds)) if kind != "NetworkPolicy"} == {
        "Cluster": 1, "Deployment": 11, "HorizontalPodAutoscaler": 5, "Ingress": 1, "ObjectStore": 1,
        "PodDisruptionBudget": 11, "PrometheusRule": 1, "ScaledObject": 5, "ScheduledBackup": 1, "Service": 6,
        "ServiceMonitor": 1,
    }  # fmt: skip
    assert {each["metadata"]["namespace"] for each in everything} == {helm.NAMESPACE}


WRONG = [
    ({"issur": "https://api.example.org"}, "issur"),
    ({"issuer": "api.example.org"}, "/issuer"),
    ({"environment": "prod"}, "/environment"),
    ({"settings": {"ESCM_ISUER": "x"}}, "ESCM_ISUER"),
    ({"settings": {"ESCM_AUDIT_YEARS": 10}}, "/settings/ESCM_AUDIT_YEARS"),
    ({"settings": {"ESCM_SECRET_KEY": "x"}}, "ESCM_SECRET_KEY"),
    ({"secrets": {"name": "escm", "elsewhere": {"secret_kye": {"name": "x", "key": "y"}}}}, "secret_kye"),
    ({"secrets": {"name": "escm", "elsewhere": {"secret_key": {"name": "x"}}}}, "/secrets/elsewhere/secret_key"),
    ({"storage": {"url": "https://files.example.org"}}, "/storage/url"),
    ({"database": {"cluster": {"instances": 1}}}, "/database/cluster/instances"),
    ({"database": {"cluster": {"parameters": {"jit": True}}}}, "/database/cluster/parameters/jit"),
    ({"database": {"cluster": {"backup": {"schedule": "0 2 * * *"}}}}, "/database/cluster/backup/schedule"),
    ({"services": {"membership": {"replicas": 0}}}, "/services/membership/replicas"),
    ({"services": {"membership": {"resources": {"limits": {"memory": "lots"}}}}}, "limits/memory"),
    ({"services": {"memberships": {"replicas": 2}}}, "memberships"),
    ({"services": {"membership": {"resources": {"limits": None}}}}, "limits"),
    ({"trustedProxies": ["everyone"]}, "/trustedProxies/0"),
    ({"network": {"valkey": {"peers": [{"pods": {}}]}}}, "/network/valkey/peers/0"),
    ({"network": {"valkey": {"peers": [{}]}}}, "/network/valkey/peers/0"),
    ({"run": []}, "/run"),
]


@pytest.mark.parametrize(("values", "field"), WRONG, ids=[field for _, field in WRONG])
def test_wrong_values_render_nothing_and_the_field_is_named(values: dict[str, Any], field: str) -> None:
    outcome = helm.template("operators", values)
    assert not outcome.succeeded
    assert field in outcome.text
    assert "apiVersion" not in outcome.text


MISSING = [
    ({"secrets": {"name": ""}}, "secrets.name: name the Secret"),
    ({"issuer": ""}, "issuer: set the address"),
    ({"storage": {"url": ""}}, "storage: set either url"),
    ({"storage": {"claim": "files"}}, "storage: set either url"),
    ({"database": {"host": "db.example.org"}}, "database.host: is for a database outside"),
    ({"database": {"cluster": {"enabled": False}}}, "database.host: name the PostgreSQL server"),
    ({"database": {"cluster": {"backup": {"destination": ""}}}}, "database.cluster.backup.destination: set"),
    ({"storage": {"credentials": ""}}, "database.cluster.backup.credentials: name"),
    ({"database": {"connections": 100}}, "database.connections: the processes may use"),
    ({"services": {"access": {"most": 40}}}, "database.connections: the processes may use"),
    ({"settings": {"ESCM_CENTRES_POOL_SIZE": "40"}}, "database.connections: the processes may use"),
    ({"services": {"access": {"replicas": 5}}}, "services.access.most: is less than replicas"),
    ({"keda": {"prometheus": ""}}, "keda.prometheus: set"),
    (
        {"storage": {"url": "", "claim": "files"}, "network": {"storage": {"peers": []}}},
        "network.storage.peers: is empty, so nothing could connect",
    ),
    ({"gateway": {"enabled": True}}, "gateway.parentRefs: name the Gateway"),
    *(
        ({"network": {group: {"peers": []}}}, f"network.{group}.peers: is empty")
        for group in ("ingress", "monitoring", "valkey", "storage", "mail", "scanner", "orcid", "traces")
    ),
]


@pytest.mark.parametrize(("values", "message"), MISSING, ids=[message for _, message in MISSING])
def test_missing_values_render_nothing_and_the_message_says_what_to_do(values: dict[str, Any], message: str) -> None:
    outcome = helm.template("operators", values)
    assert not outcome.succeeded
    assert f"- {message}" in outcome.text
    assert "apiVersion" not in outcome.text


def test_a_chart_without_values_says_everything_that_is_missing() -> None:
    outcome = helm.template(None)
    assert not outcome.succeeded
    for field in ("issuer", "secrets.name", "storage", "database.cluster.backup.destination", "network.valkey.peers"):
        assert f"- {field}: " in outcome.text
