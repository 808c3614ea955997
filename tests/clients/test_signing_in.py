"""Libraries that others wrote sign a person in, renew, revoke and sign out, with all their own checks."""

import shutil
from pathlib import Path
from typing import Any

import httpx

from tests.clients.tools import GENERATED, HERE, node, run

_CLIENT = {
    "name": "Libraries of others",
    "scope_kind": "global",
    "resources": ["membership.*"],
    "verbs": ["read"],
    "public": True,
    "redirect_uris": ["http://127.0.0.1/callback"],
    "post_logout_redirect_uris": ["http://127.0.0.1:5173/"],
}


def _compiled(source: Path) -> Path:
    target = GENERATED / "signing_in"
    target.mkdir(parents=True, exist_ok=True)
    options = "--strict --noUncheckedIndexedAccess --module nodenext --target es2022 --lib es2023,dom,dom.iterable"
    run(node("tsc"), *options.split(), "--outDir", target, source)
    return target / f"{source.stem}.js"


def test_libraries_sign_in_and_out(running: dict[str, Any]) -> None:
    base, accounts = running["base_url"], running["demo"]["accounts"]
    with httpx.Client(base_url=base, trust_env=False) as http:
        form = {"grant_type": "password", **{name: accounts["admin"][name] for name in ("username", "password")}}
        token = http.post("/access/v1/oauth/token", data=form).json()["access_token"]
        made = http.post("/access/v1/clients", json=_CLIENT, headers={"Authorization": f"Bearer {token}"})
        assert made.status_code == 201, made.text
    officer = accounts["officer"]
    program = _compiled(HERE / "sign_in.ts")
    run(
        shutil.which("node") or "node",
        program,
        base,
        made.json()["client_id"],
        officer["username"],
        officer["password"],
    )


def test_the_guide_shows_what_was_tried() -> None:
    guide = (HERE.parents[1] / "docs/tutorials/frontends.md").read_text()
    tried = (HERE / "sign_in.ts").read_text().partition("frontends.md\n")[2].partition("// until here")[0]
    assert tried.strip() in guide
