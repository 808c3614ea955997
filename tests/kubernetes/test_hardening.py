"""What every pod has and who may connect to whom."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.kubernetes.helm import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
DATA = {name for name, service in COMPOSE.items() if "data" in service["networks"]} - {"postgres", "valkey"}
"""Processes that docker-compose.yml connects to the databases."""
Objects = list[dict[str, Any]]


def of_kind(objects: Objects, kind: str) -> dict[str, dict[str, Any]]:
    """The objects of a kind by the name of their process."""
    return {each["metadata"]["name"].removeprefix("escm-"): each for each in objects if each["kind"] == kind}


def pod(described: dict[str, Any]) -> dict[str, Any]:
    """The pod of a Deployment or Job."""
    return dict(described["spec"]["template"]["spec"])


def _assert_hardened(described: dict[str, Any]) -> None:
    found = pod(described)
    assert found["automountServiceAccountToken"] is False
    assert found["enableServiceLinks"] is False
    assert found["securityContext"] == {
        "runAsNonRoot": True, "runAsUser": 10001, "runAsGroup": 10001, "fsGroup": 10001,
        "fsGroupChangePolicy": "OnRootMismatch", "seccompProfile": {"type": "RuntimeDefault"},
    }  # fmt: skip
    assert not {"hostNetwork", "hostPID", "hostIPC", "hostUsers", "initContainers"} & found.keys()
    (container,) = found["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    assert "memory" in container["resources"]["limits"]
    assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
    for volume in found["volumes"]:
        (kind,) = volume.keys() - {"name"}
        assert kind in {"emptyDir", "secret", "persistentVolumeClaim"}
        assert kind != "emptyDir" or volume["emptyDir"]["sizeLimit"]
    mounted = {mount["name"]: mount for mount in container["volumeMounts"]}
    assert mounted.keys() == {volume["name"] for volume in found["volumes"]}


def test_every_container_is_hardened(rendered: Objects) -> None:
    deployments = of_kind(rendered, "Deployment")
    assert len(deployments) == 11
    for described in deployments.values():
        _assert_hardened(described)


def test_the_job_is_hardened_and_no_hook(job: dict[str, Any]) -> None:
    _assert_hardened(job)
    assert "annotations" not in job["metadata"], "who installs with a hook waits for pods that wait for it"
    assert job["metadata"]["name"].startswith("escm-migrate-0-1-0-")
    assert job["spec"]["activeDeadlineSeconds"] > 0
    assert "ttlSecondsAfterFinished" not in job["spec"], "it stays, else whoever compares makes it again"


def test_every_deployment_is_probed_bounded_and_spread(rendered: Objects) -> None:
    budgets = of_kind(rendered, "PodDisruptionBudget")
    for name, described in of_kind(rendered, "Deployment").items():
        labels = described["spec"]["selector"]["matchLabels"]
        assert labels.items() <= described["spec"]["template"]["metadata"]["labels"].items()
        assert budgets[name]["spec"]["selector"]["matchLabels"] == labels
        assert budgets[name]["spec"]["maxUnavailable"] == 1
        spread = pod(described)["topologySpreadConstraints"]
        assert [each["labelSelector"]["matchLabels"] for each in spread] == [labels] * 2
        assert {each["topologyKey"] for each in spread} == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
        (container,) = pod(described)["containers"]
        ports = {port["name"] for port in container["ports"]}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            assert container[probe]["httpGet"]["port"] in ports, (name, probe)
        assert container["readinessProbe"]["httpGet"]["path"].endswith("/readyz")


def test_two_relays_run_and_apps_have_two_pods(rendered: Objects) -> None:
    deployments = of_kind(rendered, "Deployment")
    scaled = of_kind(rendered, "HorizontalPodAutoscaler")
    assert deployments["relay"]["spec"]["replicas"] == 2
    for app in ("membership", "centres", "actions", "access", "portal"):
        assert ("replicas" in deployments[app]["spec"]) is (app not in scaled)
        assert deployments[app]["spec"].get("replicas") or scaled[app]["spec"]["minReplicas"] >= 2


def test_what_scales_has_no_fixed_number(everything: Objects) -> None:
    deployments = of_kind(everything, "Deployment")
    scaled = of_kind(everything, "HorizontalPodAutoscaler") | of_kind(everything, "ScaledObject")
    assert scaled.keys() == {name for name, each in deployments.items() if "replicas" not in each["spec"]}
    for name, each in scaled.items():
        assert each["spec"]["scaleTargetRef"]["name"] == f"escm-{name}"


@pytest.mark.parametrize("name", sorted((DATA | {"portal"}) - {"demo"}))
def test_a_process_reads_the_secrets_of_docker_compose_alone(
    everything: Objects, job: dict[str, Any], name: str
) -> None:
    described = job if name == "migrate" else of_kind(everything, "Deployment")[name]
    given = {volume["secret"]["items"][0]["key"] for volume in pod(described)["volumes"] if "secret" in volume}
    given -= {"ca.crt"}
    asked = {each if isinstance(each, str) else each["source"] for each in COMPOSE[name].get("secrets", ())}
    assert given - {"smtp_url", "orcid_client_secret", "database_url", "uri"} == asked - {"database_url"}
    if name != "migrate":
        assert ("smtp_url" in given) is name.endswith(("access", "membership"))
        assert not given & {"database_url", "uri"}


def _policies(objects: Objects) -> Iterator[tuple[set[str], str, dict[str, Any]]]:
    """For each rule: the processes, the direction, the rule."""
    for each in objects:
        if each["kind"] != "NetworkPolicy":
            continue
        spec = each["spec"]
        for direction in ("ingress", "egress"):
            for rule in spec.get(direction, ()):
                yield _names(spec["podSelector"]), direction, rule


def _names(selector: dict[str, Any]) -> set[str]:
    if cluster := selector.get("matchLabels", {}).get("cnpg.io/cluster"):
        return {cluster}
    for expression in selector.get("matchExpressions", ()):
        return set(expression["values"])
    return {"every process"}


def test_nothing_is_open_but_what_a_policy_names(everything: Objects) -> None:
    closed = of_kind(everything, "NetworkPolicy")["closed"]["spec"]
    assert closed.keys() == {"podSelector", "policyTypes"}
    assert closed["policyTypes"] == ["Ingress", "Egress"]
    labels = closed["podSelector"]["matchLabels"]
    for each in of_kind(everything, "Deployment").values():
        assert labels.items() <= each["spec"]["template"]["metadata"]["labels"].items()
    for names, direction, rule in _policies(everything):
        assert rule["from" if direction == "ingress" else "to"], (names, rule)
        assert rule["ports"], (names, rule)


def _reaching(objects: Objects, port: int, direction: str = "egress") -> set[str]:
    rules = [(names, rule) for names, way, rule in _policies(objects) if way == direction]
    return set().union(*(names for names, rule in rules if any(each["port"] == port for each in rule["ports"])))


def test_each_process_connects_to_what_docker_compose_lets_it(everything: Objects) -> None:
    processes = of_kind(everything, "Deployment").keys() | {"operations"}
    data = (DATA - {"migrate", "demo"}) | {"operations"}
    assert _reaching(everything, 5432) == data | {"escm-postgres"}
    assert _reaching(everything, 6379) == data
    assert _reaching(everything, 8000) == {"actions", "portal", "escm-postgres"}
    assert _reaching(everything, 587) == {"worker-access", "worker-membership"}
    assert _reaching(everything, 3310) == {"actions", "worker-actions"}
    assert _reaching(everything, 4318) == processes - {"operations"}
    assert _reaching(everything, 53) == processes | {"escm-postgres"}
    assert _reaching(everything, 443) == data - {"relay"} | {"escm-postgres"}


def test_the_edge_what_reads_the_api_and_prometheus_alone_connect_to_processes(everything: Objects) -> None:
    apps = {"membership", "centres", "actions", "access", "portal"}
    assert _reaching(everything, 8000, "ingress") == apps | {"escm-postgres"}
    assert _reaching(everything, 9000, "ingress") == {"every process"}
    assert _reaching(everything, 5432, "ingress") == {"escm-postgres"}
    (rule,) = (rule for names, way, rule in _policies(everything) if way == "ingress" and names == apps)
    readers, edge = rule["from"]
    assert _names(readers["podSelector"]) == {"actions", "portal"}
    assert edge == {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "edge"}}}
