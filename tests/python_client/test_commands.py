"""The commands of the Python client: who has logged in, what is meant, and the status at the end."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clients.python.escm_client.commands import app
from clients.python.escm_client.commands.calling import complete_resource, filters_of
from tests.support.scripted import Scripted, scripted

_RECORD = {"id": "1", "ref": "EXP-000001", "version": 3, "links": {"self": "/membership/v1/experts/1"}}


class Shell:
    """Runs commands as somebody who has logged in with a key."""

    def __init__(self, system: Scripted, login: Path) -> None:
        self.system, self.login = system, login
        self.logged_in = {"url": system.origin, "kind": "key", "key": "escm_key"}
        login.write_text(json.dumps(self.logged_in))

    def run(self, *words: str, typed: str = "") -> Result:
        return CliRunner().invoke(app, list(words), input=typed, env={"ESCM_API_LOGIN": str(self.login)})


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    with scripted() as system:
        yield Shell(system, tmp_path / "login.json")


@pytest.mark.parametrize(
    ("status", "code", "ended"),
    [
        (400, "unknown_parameter", 1),
        (401, "invalid_token", 2),
        (403, "forbidden", 2),
        (404, "not_found", 1),
        (409, "transition_not_allowed", 2),
        (410, "erased", 1),
        (412, "version_conflict", 2),
        (422, "validation_failed", 1),
        (500, "internal_error", 3),
    ],
)
def test_the_status_says_whose_turn_it_is(shell: Shell, status: int, code: str, ended: int) -> None:
    errors = [{"pointer": "/names", "code": "missing", "detail": "A name is needed."}]
    said = {"status": status, "code": code, "title": "The title", "reason": "the_reason", "errors": errors}
    shell.system.answer(status, said)
    shown = shell.run("get", "EXP-000001")
    assert shown.exit_code == ended
    for part in ("The title", code, "the_reason", "/names", "A name is needed."):
        assert part in shown.stderr
    assert shown.stdout == ""


def test_a_system_that_does_not_answer_is_to_be_asked_later(shell: Shell) -> None:
    shell.system.answer(503, {"status": 503, "code": "maintenance"}, Retry_After="600")
    shown = shell.run("whoami")
    assert shown.exit_code == 3
    assert "Try again in 600 seconds." in shown.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["list"],
        ["list", "nowhere"],
        ["list", "report_templates"],
        ["list", "experts", "XA"],
        ["list", "experts", "--limit", "none"],
        ["get", "NOPE-1"],
        ["set", "EXP-000001", "keywords"],
        ["create", "experts", "--file", "missing.json"],
        ["export", "experts", "-o", "experts.txt"],
        ["jobs", "wait", "123"],
        ["login", "--email", "a@example.org", "--key"],
        ["login", "--client", "a", "--key"],
    ],
)
def test_a_wrong_command_ends_with_one_and_calls_nobody(shell: Shell, words: list[str]) -> None:
    assert shell.run(*words).exit_code == 1
    assert shell.system.requests == []


def test_who_has_not_logged_in_learns_how(shell: Shell) -> None:
    shell.login.unlink()
    shown = shell.run("whoami")
    assert (shown.exit_code, "run `login`" in shown.stderr) == (1, True)


def test_a_login_is_stored_for_its_owner_alone(shell: Shell) -> None:
    shell.login.unlink()
    shell.system.answer(200, {"principal": {"kind": "key", "name": "Nightly"}})
    shown = shell.run("login", "--url", f"{shell.system.origin}/", "--key", typed="escm_key\n")
    assert shown.exit_code == 0, shown.output
    assert shell.login.stat().st_mode & 0o777 == 0o600
    assert json.loads(shell.login.read_text()) == shell.logged_in
    assert "escm_key" not in shown.output


def test_a_login_that_is_refused_is_not_stored(shell: Shell) -> None:
    shell.login.unlink()
    shell.system.answer(401, {"status": 401, "code": "invalid_token"})
    assert shell.run("login", "--url", shell.system.origin, "--key", typed="wrong\n").exit_code == 2
    assert not shell.login.exists()


def test_filters_are_options(shell: Shell) -> None:
    shell.system.answer(200, {"items": [_RECORD, {**_RECORD, "ref": "EXP-000002"}], "next": "/more"})
    shown = shell.run(
        "list", "experts", "--country", "XA", "--status=active", "--updated-after", "2026-01-01", "--limit", "2"
    )
    assert shown.exit_code == 0
    (request,) = shell.system.requests
    assert request.path == "/membership/v1/experts?country=XA&status=active&updated_after=2026-01-01&limit=2"
    assert "EXP-000002" in shown.stdout
    assert filters_of(["--holder", "me", "--safe"]) == {"holder": "me", "safe": "true"}


def test_json_and_csv_are_for_programs(shell: Shell) -> None:
    shell.system.answer(200, {"items": [_RECORD], "next": None})
    assert json.loads(shell.run("list", "experts", "--json").stdout) == [_RECORD]
    shell.system.answer(200, "id,ref")
    assert "id,ref" in shell.run("list", "experts", "--csv", "--country", "XA").stdout
    assert shell.system.requests[-1].path == "/membership/v1/experts?country=XA&format=csv"


def test_fields_are_text_or_json_over_those_of_a_file(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "body.json").write_text('{"country": "XB", "names": [{"full": "From File"}]}')
    shell.system.answer(201, _RECORD)
    made = shell.run(
        "create", "experts", "country=XA", 'keywords=["soil"]', "-f", str(tmp_path / "body.json"), "--key", "k"
    )
    assert made.exit_code == 0, made.output
    body = {"country": "XA", "names": [{"full": "From File"}], "keywords": ["soil"]}
    assert json.loads(shell.system.requests[0].body) == body
    assert shell.system.requests[0].headers["idempotency-key"] == "k"


def test_an_array_in_a_file_makes_several_records(shell: Shell) -> None:
    shell.system.answer(201, _RECORD)
    shell.system.answer(201, {**_RECORD, "ref": "EXP-000002"})
    made = shell.run("create", "experts", "-f", "-", "--json", typed='[{"country": "XA"}, {"country": "XB"}]')
    assert [one["ref"] for one in json.loads(made.stdout)] == ["EXP-000001", "EXP-000002"]


def test_a_verb_is_for_the_version_that_is_named(shell: Shell) -> None:
    shell.system.answer(200, _RECORD)
    done = shell.run("do", "EXP-000001", "reject", "letter=2026-1", "--reason", "Incomplete.", "--version", "3")
    assert done.exit_code == 0, done.output
    (request,) = shell.system.requests
    assert (request.path, request.headers["if-match"]) == ("/membership/v1/experts/EXP-000001/transitions", '"3"')
    assert json.loads(request.body) == {"action": "reject", "reason": "Incomplete.", "fields": {"letter": "2026-1"}}


def test_resources_and_verbs_complete_themselves(shell: Shell) -> None:
    assert complete_resource("membership.exp") == ["membership.experts", "membership.exports"]
    shell.system.answer(200, {"allowed_actions": [{"action": "approve"}, {"action": "assign"}, {"action": "reject"}]})
    asked = {"_API_COMPLETE": "complete_bash", "COMP_WORDS": "api do EXP-000001 a", "COMP_CWORD": "3"}
    shown = CliRunner().invoke(app, [], prog_name="api", env={**asked, "ESCM_API_LOGIN": str(shell.login)})
    assert shown.stdout.split() == ["approve", "assign"]
