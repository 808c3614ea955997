"""`escm api`: an officer works from a terminal, a ministry's developer listens, and each ends as it should."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from clients.python.escm_client import InvalidSignature, verify
from deploy.local.folder import PROJECT
from tests.support.documents import run_escm
from tests.support.running import eventually


class Terminal:
    """A terminal of somebody who logs in with their own file."""

    def __init__(self, running: dict[str, Any], folder: Path) -> None:
        self.origin, self.folder = running["base_url"], folder
        self.login = folder / "login.json"

    def run(self, command: str) -> tuple[int, str]:
        return run_escm(command, self.folder, ESCM_API_LOGIN=str(self.login), COLUMNS="200", no_proxy="127.0.0.1")

    def done(self, command: str) -> str:
        status, said = self.run(command)
        assert status == 0, said
        return said


@pytest.fixture
def officer(running: dict[str, Any], tmp_path: Path) -> Terminal:
    terminal = Terminal(running, tmp_path)
    person = running["demo"]["accounts"]["officer"]
    command = f"echo {person['password']} | escm api login --url {terminal.origin} --email {person['username']}"
    assert "Olga Officer is logged in" in terminal.done(command)
    return terminal


@pytest.fixture
def ministry(running: dict[str, Any], tmp_path: Path) -> Terminal:
    terminal = Terminal(running, tmp_path)
    client = running["demo"]["clients"]["government_xa"]
    terminal.done(f"echo {client['secret']} | escm api login --url {terminal.origin} --client {client['id']}")
    return terminal


def test_an_officer_signs_in_with_the_browser_of_the_machine(running: dict[str, Any], tmp_path: Path) -> None:
    terminal, person = Terminal(running, tmp_path), running["demo"]["accounts"]["officer"]
    browser = f"{sys.executable} -m tests.support.walking_browser {person['username']} {person['password']} %s &"
    environment = {"ESCM_API_LOGIN": str(terminal.login), "BROWSER": browser, "PYTHONPATH": str(PROJECT)}
    status, said = run_escm(
        f"escm api login --url {terminal.origin}", tmp_path, **environment, COLUMNS="200", no_proxy="127.0.0.1"
    )
    assert (status, "Olga Officer is logged in" in said) == (0, True), said
    assert f"{terminal.origin}/access/v1/oauth/authorize?" in said
    stored = json.loads(terminal.login.read_text())
    assert stored["session"]["client_id"] == "escm-cli"
    before, stored["session"]["until"] = stored["session"]["refresh_token"], 0
    terminal.login.write_text(json.dumps(stored))
    assert "Olga Officer" in terminal.done("escm api whoami")
    assert json.loads(terminal.login.read_text())["session"]["refresh_token"] != before
    terminal.done("cp login.json kept.json && escm api logout && mv kept.json login.json")
    status, said = eventually(lambda: (asked := terminal.run("escm api whoami"))[0] and asked)
    assert (status, "invalid_grant" in said) == (1, True), said


def test_an_officer_works_from_a_terminal_and_stays_logged_in(officer: Terminal) -> None:
    assert officer.login.stat().st_mode & 0o777 == 0o600
    names = """'names=[{"full": "Terminal Person"}]' 'emails=[{"value": "terminal@example.org"}]'"""
    made = json.loads(officer.done(f"escm api create experts country=XA {names} --json"))
    ref = made["ref"]
    assert ref in officer.done("escm api list experts --country XA --q terminal")
    assert "soil" in officer.done(f"""escm api set {ref} 'keywords=["soil"]' --version 1""")
    assert officer.run(f"escm api set {ref} 'keywords=[]' --version 1")[0] == 2
    invited = officer.done(f"escm api do {ref} invite --json")
    assert json.loads(invited)["status"] == "invited"
    status, said = officer.run(f"escm api do {ref} approve")
    assert (status, "not_in_this_state" in said) == (2, True)
    assert "Olga Officer" in officer.done(f"escm api history {ref}")
    assert ref in officer.done("escm api list experts --country XA --csv")
    assert officer.run("escm api get EXP-999999")[0] == 1

    stored = json.loads(officer.login.read_text())
    stored["session"]["until"] = 0
    officer.login.write_text(json.dumps(stored))
    assert "secretariat_officer" in officer.done("escm api whoami")
    renewed = json.loads(officer.login.read_text())["session"]
    assert renewed["refresh_token"] != stored["session"]["refresh_token"]
    assert officer.login.stat().st_mode & 0o777 == 0o600

    officer.done(f"cp {officer.login} kept.json && escm api logout")
    assert not officer.login.exists()
    officer.done("mv kept.json login.json")
    stored["session"] = {**renewed, "until": 0}
    officer.login.write_text(json.dumps(stored))
    assert officer.run("escm api whoami")[0] in (1, 2)


def test_a_list_is_imported_and_exported(ministry: Terminal) -> None:
    (ministry.folder / "list.csv").write_text("full_name,country\nTerza Terminal,XA\nWrong Land,XB\n")
    status, said = ministry.run("escm api import experts list.csv --dry-run --wait")
    assert (status, "1 created" in said, "1 failed" in said) == (1, True, True)
    assert "Terza" not in ministry.done("escm api list experts --q terza")
    status, said = ministry.run("escm api import experts list.csv --failures failed.csv")
    assert (status, "1 created" in said) == (1, True)
    assert "country_forbidden" in (ministry.folder / "failed.csv").read_text()
    job = ministry.done("escm api import experts list.csv").strip()
    assert '"unchanged": 1' in ministry.done(f"escm api jobs wait {job}")
    ministry.done("escm api export experts -o experts.csv --country XA")
    assert "Terza Terminal" in (ministry.folder / "experts.csv").read_text()


def test_events_are_followed_from_where_the_last_command_ended(ministry: Terminal) -> None:
    follow = "escm api events follow --type 'escm.membership.expert.*' --position position --until-now --json"
    ministry.done(follow)
    body = """country=XA 'names=[{"full": "Followed Person"}]'"""
    ref = json.loads(ministry.done(f"escm api create experts {body} --json"))["ref"]
    events: list[dict[str, Any]] = []
    for _ in range(50):
        if ref in [event["data"]["ref"] for event in events]:
            break
        events += [json.loads(line) for line in ministry.done(follow).splitlines()]
    assert [event["type"] for event in events if event["data"]["ref"] == ref] == ["escm.membership.expert.created.v1"]
    assert len({event["id"] for event in events}) == len(events)


class Receiver:
    """A receiver of webhooks on this machine."""

    def __init__(self) -> None:
        self.received: list[tuple[bytes, dict[str, str]]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.received.append((body, dict(self.headers.items())))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/hook"


def test_a_developer_receives_signed_events_on_their_own_machine(ministry: Terminal) -> None:
    receiver = Receiver()
    try:
        listen = (
            f"escm api listen --forward-to {receiver.address} --type 'escm.membership.*' --start oldest --until-now"
        )
        key, *lines = ministry.done(listen).splitlines()
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
    assert len(lines) == len(receiver.received) > 0
    assert all(line.startswith("204  escm.membership.") for line in lines)
    body, headers = receiver.received[0]
    event = verify(body, headers, key)
    assert event["id"] == headers["webhook-id"]
    with pytest.raises(InvalidSignature):
        verify(body + b" ", headers, key)
