"""The chart says what docker-compose.yml, the settings, the edge and the alerts say."""

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kubernetes import helm
from tests.kubernetes.helm import CHART, ROOT
from tests.kubernetes.test_hardening import COMPOSE, Objects, of_kind, pod
from tests.support.documents import Programs, agrees, commands_of, programs_in, run, shown_in

SCHEMA = json.loads((CHART / "values.schema.json").read_text())
VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
MANUAL = (ROOT / "docs" / "operators" / "kubernetes.md").read_text()
SERVICES = ("membership", "centres", "actions", "access", "portal")
OF_THE_CHART = {
    *("DATABASE_URL", "REDIS_URL", "ESCM_ENVIRONMENT", "ESCM_FICTIONAL_COUNTRIES", "ESCM_SECRET_KEY"),
    *("ESCM_ROLE_PASSWORD", "ESCM_BACKUP_DATABASE_PASSWORD", "ESCM_ISSUER", "ESCM_API", "ESCM_TRUSTED_PROXIES"),
    *("ESCM_COMPRESSION", "ESCM_METRICS_PORT", "ESCM_METRICS_HOST", "ESCM_STORAGE_PATH", "ESCM_STORAGE_URL"),
    *("ESCM_SMTP_URL", "ESCM_MAIL_FOLDER", "ESCM_PORTAL_POOL_SIZE"),
    *(f"ESCM_{service}_DATABASE_PASSWORD" for service in map(str.upper, SERVICES)),
    *("ESCM_PORTAL_CONSOLE_KEY", "ESCM_PORTAL_CONSOLE_PREVIOUS_KEY"),
    *(f"ESCM_MEMBERSHIP_ORCID_{part}" for part in ("URL", "API_URL", "CLIENT_ID", "CLIENT_SECRET")),
}
"""Settings that the chart sets by values of its own, or that a pod cannot have."""
OF_OTHERS = {f"AWS_{name}" for name in ("REGION", "ENDPOINT_URL", "ALLOW_HTTP", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY")}


def _settings() -> set[str]:
    found: set[str] = set()
    for service in SERVICES:
        kind = getattr(import_module(f"services.{service}.settings"), f"{service.title()}Settings")
        prefix = kind.model_config["env_prefix"]
        found |= {field.validation_alias or f"{prefix}{name}".upper() for name, field in kind.model_fields.items()}
    return found


def _environment(described: dict[str, Any]) -> dict[str, str]:
    (container,) = pod(described)["containers"]
    return {each["name"]: each.get("value", "") for each in container["env"]}


def _compose(name: str) -> dict[str, str]:
    return {key: str(value) for key, value in COMPOSE[name]["environment"].items()}


def test_every_process_of_docker_compose_is_a_deployment(rendered: Objects) -> None:
    ours = {name for name, service in COMPOSE.items() if service["image"].startswith("escm/")} - {"migrate", "demo"}
    assert of_kind(rendered, "Deployment").keys() == ours


def test_images_and_commands_are_those_of_docker_compose(rendered: Objects, job: dict[str, Any]) -> None:
    dockerfile = (ROOT / "deploy" / "containers" / "Dockerfile").read_text()
    commands = dict(re.findall(r"AS (\w+)\n(?:COPY .*\n)?CMD (\[.*\])", dockerfile))
    for name, described in {**of_kind(rendered, "Deployment"), "migrate": job}.items():
        (container,) = pod(described)["containers"]
        image = COMPOSE[name]["image"].removeprefix("escm/").removesuffix(":${RELEASE:-latest}")
        assert re.search(rf"/{image}:0\.1\.0(@sha256:[0-9a-f]{{64}})?$", container["image"])
        command = COMPOSE[name].get("command") or json.loads(commands[image])
        drain = ["--drain", "5"] if command[0] == "serve" else []
        assert container["args"] == command + drain, name


def test_ports_and_probes_are_those_of_docker_compose(rendered: Objects) -> None:
    for name, described in of_kind(rendered, "Deployment").items():
        (container,) = pod(described)["containers"]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        probe = container["readinessProbe"]["httpGet"]
        asked = COMPOSE[name]["healthcheck"]["test"][-1]
        assert f"{ports[probe['port']]}{probe['path']}" == asked, name
        assert ports["metrics"] == 9000


def test_limits_are_those_of_docker_compose(everything: Objects) -> None:
    for name, described in of_kind(everything, "Deployment").items():
        (container,) = pod(described)["containers"]
        limits = COMPOSE[name]["deploy"]["resources"]["limits"]
        memory = limits["memory"].replace("M", "Mi").replace("G", "Gi")
        assert container["resources"]["limits"] == {"cpu": limits["cpus"], "memory": memory}, name
        assert pod(described)["terminationGracePeriodSeconds"] == 35, "the grace of uvicorn, and the drain"


def test_every_variable_is_a_setting(rendered: Objects, job: dict[str, Any]) -> None:
    known = _settings() | OF_OTHERS | {"OTEL_EXPORTER_OTLP_ENDPOINT", "PGSSLROOTCERT", "SSL_CERT", "HTTPS_PROXY"}
    for described in [*of_kind(rendered, "Deployment").values(), job]:
        assert {name.removesuffix("_FILE") for name in _environment(described)} <= known


def test_the_schema_knows_exactly_the_settings() -> None:
    allowed = SCHEMA["properties"]["settings"]["properties"].keys()
    assert allowed == _settings() - OF_THE_CHART | {"OTEL_EXPORTER_OTLP_ENDPOINT"}


def test_a_setting_of_one_service_reaches_its_processes_alone(everything: Objects) -> None:
    for name, described in of_kind(everything, "Deployment").items():
        environment = _environment(described)
        assert ("ESCM_ACTIONS_SCANNER" in environment) is name.endswith(("actions", "publishing"))
        assert ("ESCM_MEMBERSHIP_ORCID_CLIENT_ID" in environment) is name.endswith("membership")
        assert environment["ESCM_AUDIT_YEARS"] == "12"


def test_variables_are_those_of_docker_compose(rendered: Objects, job: dict[str, Any]) -> None:
    left_out = {"ESCM_ACTIONS_IATI_REF", "ESCM_CORS_ORIGINS", "ESCM_SECURITY_CONTACT", "ESCM_PORTAL_CONTACT"}
    left_out |= {"ESCM_REQUEST_LOG"}
    left_out |= {"ESCM_RECORD_PAGE", "ESCM_DATA_LICENCE", "ESCM_DOI_PREFIX"}
    depends = {"OTEL_EXPORTER_OTLP_ENDPOINT", "ESCM_SMTP_URL", "ESCM_TRUSTED_PROXIES"}
    for name, described in {**of_kind(rendered, "Deployment"), "migrate": job}.items():
        ours = {each.removesuffix("_FILE") for each in _environment(described)}
        theirs = {each.removesuffix("_FILE") for each in _compose(name)}
        assert {each for each in theirs - ours if "ORCID" not in each} <= left_out | depends, name
        for limit in ("ESCM_CLIENT_REQUESTS", "ESCM_ACCOUNT_REQUESTS", "ESCM_ADDRESS_REQUESTS"):
            if limit in theirs:
                assert f":-{_environment(described)[limit]}}}" in _compose(name)[limit]


def test_routes_are_those_of_the_edge(everything: Objects) -> None:
    edge = (ROOT / "deploy" / "containers" / "nginx.conf").read_text()
    services = edge.partition("map $uri $service {")[2].partition("}\n    map")[0]
    assert "~^/(?<first>membership|centres|actions|access)(/|$) $first;" in services
    exact = re.findall(r"^\s+(/\S+) (\w+);$", services, re.MULTILINE)
    ((prefix, app),) = re.findall(r"~\^(/\S+)\(/\|\$\) (\w+);", services.replace("\\.", "."))[-1:]
    ((default,),) = [re.findall(r"default (\w+);", services)]
    expected = {(f"/{name}", "Prefix", name) for name in SERVICES if name != "portal"}
    expected |= {(path, "Exact", name) for path, name in exact} | {(prefix, "Prefix", app), ("/", "Prefix", default)}
    (rule,) = of_kind(everything, "Ingress")["edge"]["spec"]["rules"]
    paths = rule["http"]["paths"]
    assert {(each["path"], each["pathType"], _app(each)) for each in paths} == expected
    assert len(paths) == len(expected)


def _app(path: dict[str, Any]) -> str:
    return str(path["backend"]["service"]["name"]).removeprefix("escm-")


def test_services_name_pods_that_exist(rendered: Objects) -> None:
    deployments = of_kind(rendered, "Deployment")
    for name, described in of_kind(rendered, "Service").items():
        selected = [
            each
            for each in (deployments | of_kind(rendered, "StatefulSet")).values()
            if described["spec"]["selector"].items() <= each["spec"]["template"]["metadata"]["labels"].items()
        ]
        assert len(selected) == (11 if name == "metrics" else 1)
        (port,) = described["spec"]["ports"]
        for each in selected:
            assert port["targetPort"] in {named["name"] for named in pod(each)["containers"][0]["ports"]}
    for name in ("actions", "portal"):
        assert _environment(deployments[name])["ESCM_API"] == "http://escm-{service}:8000"


def test_alerts_are_those_of_the_tree(everything: Objects) -> None:
    rules = yaml.safe_load((ROOT / "deploy" / "observability" / "rules.yml").read_text())
    assert of_kind(everything, "PrometheusRule")["alerts"]["spec"] == rules


def test_alerts_find_what_is_scraped(everything: Objects) -> None:
    monitor = of_kind(everything, "ServiceMonitor")["metrics"]["spec"]
    service = of_kind(everything, "Service")["metrics"]["metadata"]["labels"]
    assert monitor["selector"]["matchLabels"].items() <= service.items()
    assert service[monitor["jobLabel"]] == "escm"
    assert monitor["endpoints"][0]["honorLabels"] is True


@pytest.mark.parametrize("service", ["membership", "centres", "actions", "access"])
def test_workers_scale_by_their_own_depth(everything: Objects, service: str) -> None:
    (trigger,) = of_kind(everything, "ScaledObject")[f"worker-{service}"]["spec"]["triggers"]
    query = trigger["metadata"]["query"]
    assert f'escm_work_rows{{namespace="escm-system", service="{service}", status="queued"}}' in query


def test_postgres_is_that_of_docker_compose(everything: Objects) -> None:
    spec = of_kind(everything, "Cluster")["postgres"]["spec"]
    given = [word.removeprefix("-c") for word in COMPOSE["postgres"]["command"] if word.startswith("-c")]
    parameters = {**spec["postgresql"]["parameters"]}
    of_compose = dict(word.split("=", 1) for word in given)
    assert (parameters.pop("max_connections"), of_compose.pop("max_connections")) == ("420", "120")
    assert parameters == of_compose
    initdb = spec["bootstrap"]["initdb"]
    words = COMPOSE["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]
    for option, field in (("encoding", "encoding"), ("locale-provider", "localeProvider"),
                          ("builtin-locale", "builtinLocale"), ("lc-ctype", "localeCType"),
                          ("lc-collate", "localeCollate")):  # fmt: skip
        assert f"--{option}={initdb[field]}" in words.split()
    assert spec["instances"] == 3
    assert spec["postgresql"]["synchronous"] == {"method": "any", "number": 1, "dataDurability": "required"}


def test_valkey_is_that_of_docker_compose() -> None:
    (container,) = pod(_external("StatefulSet")["valkey"])["containers"]
    program, settings, *words = COMPOSE["valkey"]["command"]
    assert (container["image"], container["command"]) == (_default(COMPOSE["valkey"]["image"]), [program])
    assert settings == "/run/secrets/valkey.conf"
    assert container["args"] == ["/run/secrets/valkey/valkey.conf", "--dir /data", *words]
    assert container["resources"]["limits"] == {"memory": "256Mi"}
    assert _external("Service")["valkey"]["spec"]["ports"] == [{"name": "valkey", "port": 6379, "targetPort": "valkey"}]
    policies = _external("NetworkPolicy")
    allowed = policies["valkey"]["spec"]["ingress"][0]["from"][0]["podSelector"]["matchExpressions"][0]["values"]
    assert set(allowed) == _external("Deployment").keys() - {"portal"} | {"operations"}
    (peer,) = policies["to-valkey"]["spec"]["egress"][0]["to"]
    assert peer["podSelector"] == policies["valkey"]["spec"]["podSelector"]


def _default(image: str) -> str:
    """The image of a service of docker-compose.yml that no variable replaces."""
    return image.partition(":-")[2].removesuffix("}")


def _external(kind: str, more: dict[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    outcome = helm.template("external", more)
    assert outcome.succeeded, outcome.text
    return of_kind([each for each in yaml.safe_load_all(outcome.text) if each], kind)


def test_pods_have_what_clouds_ask_for() -> None:
    account = _external("ServiceAccount")["escm"]
    assert account["metadata"]["annotations"] == {"example.org/role": "escm"}
    assert account["automountServiceAccountToken"] is False
    for name, described in {**_external("Deployment"), **_external("Job")}.items():
        (container,) = pod(described)["containers"]
        assert pod(described)["serviceAccountName"] == "escm-escm"
        assert ("@sha256:" in container["image"]) is (name in ("membership", "worker-membership"))
        assert container["resources"]["limits"].keys() == {"memory"}
        environment = _environment(described)
        assert environment["HTTPS_PROXY"] == "http://proxy.example.org:3128"
        assert environment["PGSSLROOTCERT"] == environment["SSL_CERT_FILE"] == "/run/authorities/ca.crt"
        (mount,) = (each for each in container["volumeMounts"] if each["name"] == "authorities")
        assert (mount["mountPath"], mount["readOnly"]) == ("/run/authorities", True)
    assert all(each["metadata"]["annotations"] for each in _external("Deployment").values())


def test_a_changed_secret_restarts_all_pods_when_its_revision_changes() -> None:
    before, after = _external("Deployment"), _external("Deployment", {"secrets": {"revision": "2026-12-01"}})
    for name, described in before.items():
        assert described["spec"]["template"] != after[name]["spec"]["template"]
        assert described["spec"]["template"]["metadata"]["annotations"]["example.org/team"] == "secretariat"


def test_another_release_or_other_values_migrate_by_another_job() -> None:
    names = [
        next(iter(_external("Job", more)))
        for more in ({}, {}, {"image": {"tag": "0.2.0"}}, {"settings": {"ESCM_AUDIT_YEARS": "3"}})
    ]
    assert names[0] == names[1]
    assert len(set(names)) == 3
    assert names[2].startswith("migrate-0-2-0-")


def test_postgres_archives_and_is_backed_up(everything: Objects) -> None:
    (plugin,) = of_kind(everything, "Cluster")["postgres"]["spec"]["plugins"]
    store = of_kind(everything, "ObjectStore")["postgres"]
    backup = of_kind(everything, "ScheduledBackup")["postgres"]["spec"]
    assert plugin["isWALArchiver"] is True
    assert plugin["parameters"]["barmanObjectName"] == store["metadata"]["name"]
    assert (backup["method"], backup["pluginConfiguration"]["name"]) == ("plugin", plugin["name"])
    assert backup["cluster"]["name"] == of_kind(everything, "Cluster")["postgres"]["metadata"]["name"]
    assert store["spec"]["retentionPolicy"] == "35d"


def test_the_most_connections_are_those_that_the_guide_names() -> None:
    guide = (ROOT / "docs" / "operators" / "operations.md").read_text()
    assert "an app 11 (8, and 3 for streams)" in guide
    said = "each worker 10 (that of access 6, and 4 for webhooks), the relay 3, and `publishing` 3"
    assert said in " ".join(guide.split())
    processes = (CHART / "templates" / "_processes.tpl").read_text()
    assert "ternary 0 (add $pool 3)" in processes
    assert 'has $service (list "relay" "publishing") | ternary 3 10' in processes


def _objects(schema: dict[str, Any], path: str = "") -> list[tuple[str, dict[str, Any]]]:
    found = [(path, schema)]
    for name, part in {**schema.get("properties", {}), **schema.get("definitions", {})}.items():
        found += _objects(part, f"{path}/{name}")
    return found


def test_the_schema_is_closed_and_describes_every_field() -> None:
    for path, part in _objects(SCHEMA):
        if path and "$ref" not in part:
            assert part.get("description", "").endswith("."), path
        if part.get("type") == "object" and "properties" in part:
            assert part["additionalProperties"] is False, path


def test_values_and_schema_have_the_same_fields() -> None:
    def differences(values: dict[str, Any], schema: dict[str, Any], path: str) -> list[str]:
        found = [f"{path}.{name}" for name in values.keys() ^ schema["properties"].keys()]
        for name in values.keys() & schema["properties"].keys():
            if isinstance(values[name], dict) and schema["properties"][name].get("required"):
                found += differences(values[name], schema["properties"][name], f"{path}.{name}")
        return found

    assert differences(VALUES, SCHEMA, "") == []


def test_the_guide_shows_what_the_installation_says() -> None:
    (values, _), (_, shown) = _plain_in("Install")
    assert agrees(shown, f"NOTES:\n{helm.notes(yaml.safe_load(values), 'escm')}")


def test_the_guide_shows_the_job_of_a_command() -> None:
    (values, _), _ = _plain_in("Install")
    command = ["admin", "create", "you@example.org"]
    outcome = helm.template(None, {**yaml.safe_load(values), "run": command}, namespace="escm")
    assert outcome.succeeded, outcome.text
    (job,) = (part for part in outcome.text.split("---\n") if "templates/job.yaml" in part)
    (typed, shown), _ = _plain_in("Run a command")
    assert json.dumps(command) in typed
    assert agrees(shown, f"---\n{job}")


def test_the_guide_shows_the_files_of_secrets(tmp_path: Path) -> None:
    (commands,), (shown,) = commands_of("kubernetes.md", "Secrets"), shown_in("kubernetes.md", "Secrets")
    given = {"VALKEY_PASSWORD": "one", "MAIL_USER": "two", "MAIL_PASSWORD": "three"}
    said = run(commands, tmp_path, **given)
    assert agrees(shown, said), said
    files = {path.name: path for path in (tmp_path / "secrets").iterdir()}
    assert {path.stat().st_mode & 0o077 for path in files.values()} == {0}
    assert files.keys() <= set(SCHEMA["properties"]["secrets"]["properties"]["elsewhere"]["properties"])
    assert len({path.read_text() for path in files.values()}) == len(files)


def _plain_in(section: str) -> Programs:
    """The blocks of a section that no shell runs here, each with what the guide shows below it."""
    return programs_in(MANUAL.split(f"## {section}\n")[1].split("\n## ")[0], "")


def test_the_job_runs_any_command_and_reads_the_password_of_an_administrator() -> None:
    outcome = helm.template("external", {"run": ["admin", "create", "you@example.org"]})
    (found,) = (each for each in yaml.safe_load_all(outcome.text) if each and each["kind"] == "Job")
    assert "annotations" not in found["metadata"]
    (container,) = pod(found)["containers"]
    assert container["args"] == ["admin", "create", "you@example.org"]
    (password,) = (each["valueFrom"] for each in container["env"] if each["name"] == "ADMIN_PASSWORD")
    assert password == {"secretKeyRef": {"name": "escm", "key": "admin_password"}}
    (address,) = (each["secret"] for each in pod(found)["volumes"] if each["name"] == "database-url")
    assert (address["secretName"], address["items"][0]["key"]) == ("escm-database", "uri")


def test_the_guide_lists_every_secret() -> None:
    for key in SCHEMA["properties"]["secrets"]["properties"]["elsewhere"]["properties"]:
        assert f"| `{key}` |" in MANUAL, key


def test_the_guide_lists_every_process_of_the_network() -> None:
    for group in SCHEMA["properties"]["network"]["properties"].keys() - {"enabled"}:
        assert f"`{group}`" in MANUAL, group
