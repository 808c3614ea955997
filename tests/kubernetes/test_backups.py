"""Backups in a claim, and the drill that restores the newest one."""

from typing import Any

import yaml

from tests.kubernetes import helm
from tests.kubernetes.test_hardening import COMPOSE, of_kind


def _jobs(values: str = "external", more: dict[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    """The specs of the CronJobs, by the name of their process."""
    outcome = helm.template(values, more)
    assert outcome.succeeded, outcome.text
    found = of_kind([each for each in yaml.safe_load_all(outcome.text) if each], "CronJob")
    return {name: each["spec"] for name, each in found.items()}


def _pod(spec: dict[str, Any]) -> dict[str, Any]:
    return dict(spec["jobTemplate"]["spec"]["template"]["spec"])


def test_there_are_none_unless_values_ask_for_them() -> None:
    assert _jobs("operators") == {}
    assert _jobs(more={"restoreDrill": {"enabled": False}}).keys() == {"backup"}


def test_both_need_a_claim() -> None:
    for name in ("backups", "restoreDrill"):
        outcome = helm.template("operators", {name: {"enabled": True}})
        assert not outcome.succeeded
        assert "- backups.claim: " in outcome.text


def test_a_backup_is_made_as_the_job_runs_commands() -> None:
    pod = _pod(_jobs()["backup"])
    (container,) = pod["containers"]
    assert container["args"] == ["backup", "/backups", "--days", "35"]
    assert {"name": "backups", "mountPath": "/backups"} in container["volumeMounts"]
    assert {"name": "backups", "persistentVolumeClaim": {"claimName": "escm-backups"}} in pod["volumes"]
    secrets = {each["secret"]["items"][0]["key"] for each in pod["volumes"] if "secret" in each}
    assert {"backup_password", "uri"} <= secrets


def test_the_job_that_runs_a_command_has_the_claim_and_the_migration_has_not() -> None:
    for run, has_it in ((["restore", "/backups/escm.tar", "--replace", "--yes"], True), (["migrate"], False)):
        outcome = helm.template("external", {"run": run})
        (job,) = (each for each in yaml.safe_load_all(outcome.text) if each and each["kind"] == "Job")
        volumes = job["spec"]["template"]["spec"]["volumes"]
        assert ("backups" in [each["name"] for each in volumes]) is has_it


def test_a_drill_fails_at_once_and_is_not_repeated() -> None:
    spec = _jobs()["restore-drill"]
    assert (spec["jobTemplate"]["spec"]["backoffLimit"], _pod(spec)["restartPolicy"]) == (0, "Never")
    assert spec["concurrencyPolicy"] == "Forbid"
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] == 14400


def test_a_drill_has_a_postgresql_of_its_own_and_nothing_of_the_installation() -> None:
    pod = _pod(_jobs()["restore-drill"])
    (server,), (container,) = pod["initContainers"], pod["containers"]
    assert server["restartPolicy"] == "Always", "it serves beside the command, and ends with it"
    assert server["image"] == COMPOSE["postgres"]["image"].partition(":-")[2].removesuffix("}")
    assert "-clisten_addresses=127.0.0.1" in server["args"]
    given = {each["name"]: each["value"] for each in (*server["env"], *container["env"])}
    asked = COMPOSE["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]
    assert given["POSTGRES_INITDB_ARGS"].split() == asked.split()
    assert given["DATABASE_URL"] == "postgresql://postgres@127.0.0.1:5432/escm"
    assert container["args"] == ["drill", "/backups", "--hours", "26"]
    kinds = {next(iter(each.keys() - {"name"})) for each in pod["volumes"]}
    assert kinds == {"persistentVolumeClaim", "ephemeral", "emptyDir"}, "no secret"
    (claim,) = (each["persistentVolumeClaim"] for each in pod["volumes"] if "persistentVolumeClaim" in each)
    assert claim == {"claimName": "escm-backups", "readOnly": True}
    assert "ESCM_STORAGE_URL" not in given
    assert pod["automountServiceAccountToken"] is False
    for each in (server, container):
        security = each["securityContext"]
        assert (security["readOnlyRootFilesystem"], security["allowPrivilegeEscalation"]) == (True, False)
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert "memory" in each["resources"]["limits"]


def test_no_policy_opens_anything_for_a_drill() -> None:
    outcome = helm.template("external")
    objects = [each for each in yaml.safe_load_all(outcome.text) if each]
    labels = _jobs()["restore-drill"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"]
    chosen = [
        name
        for name, each in of_kind(objects, "NetworkPolicy").items()
        if _chooses(each["spec"]["podSelector"], labels)
    ]
    assert chosen == ["closed"]


def _chooses(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    named = selector.get("matchExpressions", ())
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        labels[each["key"]] in each["values"] for each in named
    )
