"""The settings as a page of the manual, and as `escm settings` shows them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli.main import app
from deploy.local.folder import PROJECT
from deploy.matrix import settings
from tests.support.documents import agrees, commands_of, run_escm, shown_in

_VARIABLE = re.compile(r"ESCM_[A-Z_]+|DATABASE_URL|REDIS_URL")
_LIMIT = r"(ESCM_\w+_(?:REQUESTS|AUTHENTICATIONS))"


def _shown(*arguments: str, **environment: str) -> dict[str, dict[str, Any]]:
    result = CliRunner().invoke(app, ["settings", "--json", *arguments], env=environment)
    assert result.exit_code == 0, result.output
    return {one["name"]: one for one in json.loads(result.output)}


def test_the_page_is_current() -> None:
    assert settings.FILE.read_bytes() == settings.render(), "run `make matrix` and commit docs/reference/settings.md"


@pytest.mark.parametrize("service", ["", *settings.SERVICES])
def test_every_setting_has_a_meaning(service: str) -> None:
    found = list(settings.settings_of(service))
    assert {one.field for one in found} <= settings.class_of(service).model_fields.keys()
    assert all(_VARIABLE.fullmatch(one.variable) and one.meaning.endswith(".") for one in found)


@pytest.mark.parametrize("file", ["docker-compose.yml", "deploy/kubernetes/values.yaml"])
def test_limits_of_requests_are_those_of_the_manual(file: str) -> None:
    manual = dict(re.findall(rf"^\| `{_LIMIT}` \| `(\d+)` \|", settings.FILE.read_text(), re.M))
    stated = dict(re.findall(rf"^ +{_LIMIT}: \D*(\d+)", (PROJECT / file).read_text(), re.M))
    assert len(stated) == 4
    assert stated == {name: manual[name] for name in stated}


def test_values_come_from_the_environment_from_files_or_by_default(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("correct-horse-battery\n")
    found = _shown(ESCM_SECRET_KEY_FILE=str(file), ESCM_AUDIT_YEARS="12", DATABASE_URL="postgresql://me:hidden@db/escm")
    assert (found["ESCM_SECRET_KEY"]["value"], found["ESCM_SECRET_KEY"]["source"]) == ("set", f"file {file}")
    assert (found["ESCM_AUDIT_YEARS"]["value"], found["ESCM_AUDIT_YEARS"]["source"]) == ("12", "environment")
    assert (found["ESCM_UNDO_DAYS"]["value"], found["ESCM_UNDO_DAYS"]["source"]) == ("90", "default")
    assert found["DATABASE_URL"]["value"] == "postgresql://me:***@db/escm"
    own = _shown("actions", ESCM_ACTIONS_SCANNER="tcp:scanner:3310", ESCM_ACTIONS_DATABASE_PASSWORD="hidden")
    assert own["ESCM_ACTIONS_SCANNER"]["value"] == "tcp:scanner:3310"
    assert own["ESCM_ACTIONS_DATABASE_PASSWORD"]["value"] == "set"
    assert "hidden" not in json.dumps([found, own])


def test_an_unknown_variable_is_named() -> None:
    result = CliRunner().invoke(app, ["settings"], env={"ESCM_AUDIT_AGE": "12"})
    assert result.exit_code == 1
    assert "ESCM_AUDIT_AGE is not a setting" in result.output


def test_the_commands_of_the_manual_work(tmp_path: Path) -> None:
    (commands,), (shown,) = commands_of("operations.md", "Settings"), shown_in("operations.md", "Settings")
    status, output = run_escm(commands, tmp_path)
    assert (status, agrees(shown, output)) == (0, True), output
