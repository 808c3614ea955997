"""Glewlwyd, a certified provider that Debian packages, as a process of its own."""

import json
import shutil
import sqlite3
import subprocess
import tempfile
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.clients.providers import Browser
from tests.support.pooler import free_port
from tests.support.waiting import PATIENCE

SECRET, AUDIENCE, APP_BACK = "a-secret-of-the-tests", "https://escm.example.org", "http://localhost:1/back"
_TABLES = Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")
_MODULES = Path("/usr/lib/glewlwyd")
_CONFIGURATION = """
port={port}
bind_address="127.0.0.1"
external_url="http://127.0.0.1:{port}"
login_url="login.html"
api_prefix="api"
log_mode="console"
log_level="ERROR"
session_key="SESSION"
session_expiration=3600
admin_scope="g_admin"
profile_scope="g_profile"
static_files_path="/usr/share/glewlwyd/webapp"
user_module_path="{modules}/user"
client_module_path="{modules}/client"
user_auth_scheme_module_path="{modules}/scheme"
plugin_module_path="{modules}/plugin"
hash_algorithm="SHA512"
database = {{ type="sqlite3" path="{database}" }};
"""


@dataclass(frozen=True)
class Glewlwyd:
    """The running provider, at which `amina` has an account, and an app of the ministry is registered."""

    base: str

    @property
    def issuer(self) -> str:
        return f"{self.base}/api/oidc"

    def sign_in(self, browser: Browser, page: httpx.Response, client: str) -> httpx.Response:
        """What the script of its page does: the password, the consent to the client, and the way back."""
        http = browser.http
        signed_in = http.post(f"{self.base}/api/auth/", json={"username": "amina", "password": "a password"})
        assert signed_in.status_code == 200, signed_in.text
        granted = http.put(f"{self.base}/api/auth/grant/{client}/", json={"scope": "openid"})
        assert granted.status_code == 200, granted.text
        (back,) = parse_qs(urlsplit(str(page.url)).query)["callback_url"]
        return browser.get(f"{back}&g_continue")

    def tokens(self, browser: Browser) -> dict[str, Any]:
        """The tokens that the app gets for whoever is signed in, for the audience of the system."""
        http = browser.http
        http.put(f"{self.base}/api/auth/grant/app/", json={"scope": "openid"}).raise_for_status()
        asked = {"response_type": "code", "client_id": "app", "redirect_uri": APP_BACK, "scope": "openid"}
        more = {"nonce": "of the tests", "state": "x", "resource": AUDIENCE, "g_continue": ""}
        left = http.get(f"{self.issuer}/auth", params={**asked, **more})
        (code,) = parse_qs(urlsplit(left.headers["location"]).query)["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": APP_BACK, "client_id": "app"}
        given = http.post(f"{self.issuer}/token", data=form, auth=("app", SECRET))
        assert given.status_code == 200, given.text
        return dict(given.json())

    def sign_out(self, browser: Browser, id_token: str) -> None:
        """Ends the session at the provider, which tells its clients."""
        payload = id_token.split(".")[1]
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        browser.http.delete(f"{self.issuer}/session/{claims['sid']}/").raise_for_status()


@contextmanager
def serving(system: str, code: str) -> Iterator[Glewlwyd]:
    """Runs it until the end of the block, with the system at this address as its client."""
    program = shutil.which("glewlwyd")
    assert program is not None, "glewlwyd is needed to sign in at it (Debian: glewlwyd)"
    with tempfile.TemporaryDirectory() as folder:
        port, database = free_port(), Path(folder) / "database"
        with sqlite3.connect(database) as connection:
            connection.executescript(_TABLES.read_text())
        connection.close()
        configuration = Path(folder) / "configuration"
        configuration.write_text(_CONFIGURATION.format(port=port, modules=_MODULES, database=database))
        process = subprocess.Popen([program, "-c", configuration], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            found = Glewlwyd(f"http://127.0.0.1:{port}")
            _configure(found, f"{system}/access/v1/federation/{code}")
            yield found
        finally:
            process.terminate()
            process.wait()


def _configure(provider: Glewlwyd, federation: str) -> None:
    transport = httpx.HTTPTransport(retries=10)
    with httpx.Client(base_url=f"{provider.base}/api", transport=transport, timeout=PATIENCE) as http:

        def send(method: str, path: str, json: Any = None) -> httpx.Response:
            response = http.request(method, path, json=json)
            assert response.status_code == 200, f"{path}: {response.status_code} {response.text}"
            return response

        send("POST", "/auth/", {"username": "admin", "password": "password"})
        send("POST", "/mod/plugin/", _plugin(provider.issuer))
        users = send("GET", "/mod/user/database").json()
        users["parameters"]["data-format"]["email_verified"] = {"read": True, "write": True}
        send("PUT", "/mod/user/database", users)
        send("PUT", "/mod/user/database/reset")
        user = {"username": "amina", "password": "a password", "name": "Amina Khan", "email": "amina@example.org"}
        send("POST", "/user/?source=database", {**user, "email_verified": "yes", "enabled": True, "scope": ["openid"]})
        client = {"client_id": "escm", "redirect_uri": [f"{federation}/callback"]}
        logout = {"backchannel_logout_uri": f"{federation}/backchannel_logout"}
        send("POST", "/client/?source=database", {**_client(client), **logout})
        send("POST", "/client/?source=database", _client({"client_id": "app", "redirect_uri": [APP_BACK]}))


def _plugin(issuer: str) -> dict[str, Any]:
    key = generate_private_key(SECP256R1())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    verified = {"name": "email_verified", "user-property": "email_verified", "type": "boolean", "mandatory": True}
    parameters = {
        "iss": issuer,
        "jwt-type": "ecdsa",
        "jwt-key-size": "256",
        "key": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        "cert": public,
        "jwks-show": True,
        "access-token-duration": 600,
        "refresh-token-duration": 600,
        "code-duration": 60,
        "auth-type-code-enabled": True,
        "oauth-as-iss-id": True,
        "pkce-allowed": True,
        "subject-type": "public",
        "name-claim": "mandatory",
        "email-claim": "mandatory",
        "claims": [{**verified, "boolean-value-true": "yes", "boolean-value-false": "no"}],
        "allowed-scope": ["openid"],
        "resource-allowed": True,
        "resource-client-property": "resource",
        "session-management-allowed": True,
        "session-cookie-name": "OIDC_SESSION",
        "session-cookie-expiration": 3600,
        "back-channel-logout-allowed": True,
    }
    return {"module": "oidc", "name": "oidc", "display_name": "OpenID Connect", "parameters": parameters}


def _client(fields: dict[str, Any]) -> dict[str, Any]:
    given = {"name": "of the tests", "enabled": True, "confidential": True, "password": SECRET, "scope": []}
    ways = {"authorization_type": ["code"], "token_endpoint_auth_method": ["client_secret_basic"]}
    return {**given, **ways, "client_secret": SECRET, "resource": [AUDIENCE], **fields}
