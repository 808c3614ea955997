"""The scripts of the guide say what a credential is worth, also with keys and lists that a system seldom sends."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from services.membership.issuing.credentials.domain import LISTS, PURPOSES, credential_document, list_document
from services.membership.issuing.credentials.signing import SigningKey
from shared.kernel.clock import now
from tests.membership.issuing.credentials.conftest import CREDENTIAL, INDEX

WebOf: TypeAlias = Callable[..., dict[str, bytes]]
_GUIDE = Path(__file__).parents[4] / "docs" / "public" / "certificates.md"
_SCRIPT = re.compile(r"^cat > (\S+) <<'PYTHON'\n(.*?)^PYTHON$", re.MULTILINE | re.DOTALL)
SCRIPTS = dict(_SCRIPT.findall(_GUIDE.read_text()))


class Verifier:
    """Runs the scripts against an issuer on this machine, which sends what is in `web`."""

    def __init__(self, base: str, folder: Path, key: SigningKey) -> None:
        self.issuer = base.replace("http:", "https:")
        self.web: dict[str, bytes] = {}
        self._base, self._folder = base, folder
        self.token = key.sign(credential_document(CREDENTIAL, self.issuer), self.issuer)

    def run(self, script: str, token: str | None = None) -> tuple[bool, str]:
        """Whether the credential is good, and what the script printed."""
        (self._folder / "credential.jwt").write_text(token or self.token)
        done = subprocess.run(
            [sys.executable, "-c", SCRIPTS[script], self._base],
            cwd=self._folder,
            env={**os.environ, "no_proxy": "127.0.0.1", "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def verifier(tmp_path: Path, key: SigningKey) -> Iterator[Verifier]:
    class Web(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = found.web.get(f"{found.issuer}{self.path}")
            self.send_response(404 if content is None else 200)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_said: Any) -> None:
            """Logs nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Web) as server:
        found = Verifier(f"http://127.0.0.1:{server.server_port}", tmp_path, key)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield found
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_credential_is_good_with_the_key_of_now_or_of_before(
    verifier: Verifier, web_of: WebOf, key: SigningKey, other_key: SigningKey, script: str
) -> None:
    for published in ((key,), (other_key, key)):
        verifier.web = web_of(*published, signer=published[0], issuer=verifier.issuer, revocation={INDEX + 1})
        is_good, said = verifier.run(script)
        assert is_good, said
        assert CREDENTIAL.holder_name in said


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_what_is_in_a_list_is_not_good(verifier: Verifier, web_of: WebOf, script: str, purpose: str) -> None:
    verifier.web = web_of(issuer=verifier.issuer, **{purpose: {INDEX}})
    is_good, said = verifier.run(script)
    assert not is_good
    assert purpose in said


@pytest.mark.long("runs the commands of a guide many times")
@pytest.mark.parametrize("script", SCRIPTS)
def test_what_was_changed_or_signed_by_others_is_refused(
    verifier: Verifier, web_of: WebOf, key: SigningKey, other_key: SigningKey, script: str
) -> None:
    verifier.web = web_of(issuer=verifier.issuer)
    middle = len(verifier.token) // 2
    changed = f"{verifier.token[:middle]}{'A' if verifier.token[middle] != 'A' else 'B'}{verifier.token[middle + 1 :]}"
    elsewhere = "https://other.example.org"
    for token in (
        changed,
        other_key.sign(credential_document(CREDENTIAL, verifier.issuer), verifier.issuer),
        SigningKey(key.kid, other_key.key).sign(credential_document(CREDENTIAL, verifier.issuer), verifier.issuer),
        key.sign(credential_document(CREDENTIAL, elsewhere), verifier.issuer),
    ):
        assert not verifier.run(script, token)[0]
    verifier.web = web_of(other_key, signer=other_key, issuer=verifier.issuer)
    assert not verifier.run(script)[0], "The key is in the document no longer."


@pytest.mark.long("runs the commands of a guide many times")
@pytest.mark.parametrize("script", SCRIPTS)
def test_lists_of_others_and_old_or_exchanged_ones_are_refused(
    verifier: Verifier, web_of: WebOf, key: SigningKey, other_key: SigningKey, script: str
) -> None:
    good, issuer, elsewhere = web_of(issuer=verifier.issuer), verifier.issuer, "https://other.example.org"
    revoked, suspended = (f"{issuer}{LISTS}/{purpose}/1" for purpose in PURPOSES)
    ours, theirs = (list_document(each, "revocation", 1, (), now()) for each in (issuer, elsewhere))
    old = list_document(issuer, "revocation", 1, (), now() - timedelta(days=9))
    for lists in (
        {revoked: other_key.sign(theirs, elsewhere).encode()},
        {revoked: key.sign(theirs, issuer).encode()},
        {revoked: SigningKey(key.kid, other_key.key).sign(ours, issuer).encode()},
        {revoked: key.sign(old, issuer).encode()},
        {revoked: good[suspended]},
        {suspended: b""},
    ):
        verifier.web = {**good, **lists}
        assert not verifier.run(script)[0]


def test_both_ways_are_in_the_guide() -> None:
    assert sorted(SCRIPTS) == ["check.py", "verify.py"]
