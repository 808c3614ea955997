"""The TypeScript client: of the contract as it is, small, installed from the clone, working over a line that is cut."""

import base64
import hmac
import json
import os
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.jwk import import_key

from deploy.packaging.version import version
from tests.clients.tools import GENERATED, HERE, node, run
from tests.clients.typescript import CLIENT, COMPILED, compile_into, write_types
from tests.support.cutting import cut_line
from tests.support.documents import assert_shown, given_to, in_one, programs_in, text_of

_NODE = shutil.which("node") or "node"
_OPTIONS = {
    "strict": True,
    "noUncheckedIndexedAccess": True,
    "module": "nodenext",
    "target": "es2022",
    "lib": ["es2023", "dom", "dom.iterable"],
    "types": [],
}
_CREATED = "escm.membership.expert.created.v1"
_PROCESS = "declare const process: { env: Record<string, string | undefined>; argv: string[] };\n"


def test_the_types_are_those_of_the_contract() -> None:
    """Else run `make client-types` and commit what it writes."""
    GENERATED.mkdir(exist_ok=True)
    write_types(GENERATED / "schema.d.ts")
    assert (GENERATED / "schema.d.ts").read_text() == (CLIENT / "schema.d.ts").read_text()


def test_what_is_committed_is_what_compiles_under_strict() -> None:
    compile_into(GENERATED / "compiled")
    for name in COMPILED:
        assert (GENERATED / "compiled" / name).read_text() == (CLIENT / name).read_text(), name


def test_the_helpers_are_written_in_300_lines() -> None:
    own = [path for path in CLIENT.glob("*.ts") if not path.name.endswith(".d.ts")]
    assert sum(len(path.read_text().splitlines()) for path in own) <= 300
    assert json.loads((CLIENT / "package.json").read_text())["version"] == version()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project into which the client is installed from the clone."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "package.json").write_text('{"type": "module", "private": true}')
    npm = shutil.which("npm") or "npm"
    run(npm, "install", "--no-progress", "--install-links", "--prefix", folder, CLIENT)
    return folder


def _compiled(project: Path, name: str, text: str) -> Path:
    (project / f"{name}.ts").write_text(_PROCESS + text)
    (project / "tsconfig.json").write_text(json.dumps({"compilerOptions": _OPTIONS, "files": [f"{name}.ts"]}))
    run(node("tsc"), "-p", project / "tsconfig.json")
    return project / f"{name}.js"


def test_the_first_five_minutes_of_its_page_run_over_a_cut_line(running: dict[str, Any], project: Path) -> None:
    programs = programs_in((CLIENT / "README.md").read_text(), "ts")
    program = _compiled(project, "minutes", in_one(programs, "console.log"))
    client = running["demo"]["clients"]["government_xa"]
    with cut_line(urlsplit(running["base_url"]).port or 0, b"POST /membership/v1/experts ", times=2) as line:
        given = {"BASE": f"http://127.0.0.1:{line.port}", "ID": client["id"], "SECRET": client["secret"]}
        said = run(_NODE, program, environment={**os.environ, **given})
        assert line.cuts == 2
    assert "Demo government of Alphaland" in said
    assert "somebody else changed it" in said
    assert "forbidden not_permitted" in said
    assert "created: 1" in said
    assert said.count("escm.membership.expert.created.v1") == 1
    assert said.count("escm.membership.expert.updated.v1") == 2


@pytest.mark.parametrize(
    ("language", "reader"),
    [("ts", "country"), ("ts officer", "officer"), ("ts administrator", "administrator")],
)
def test_the_page_of_tasks_compiles_and_runs(
    running: dict[str, Any], project: Path, language: str, reader: str
) -> None:
    programs, given = programs_in(text_of("typescript.md"), language), given_to(reader, running)
    program = _compiled(project, "tasks", in_one(programs, "console.log"))
    for _ in range(2):
        assert_shown(programs, run(_NODE, program, environment={**os.environ, **given}))


def test_it_verifies_both_schemes(project: Path) -> None:
    program = _compiled(
        project,
        "receive",
        """import { verify } from "@escm/client";
const { body, headers, keys, now } = JSON.parse(process.argv[2] ?? "");
console.log(await verify(body, headers, keys, { now }).then((event) => event.id, (failure) => failure.message));
""",
    )
    key = Ed25519PrivateKey.generate()
    public = f"whpk_{base64.b64encode(key.public_key().public_bytes_raw()).decode()}"
    body, at = '{"id": "evt_1"}', 1_800_000_000
    signed = base64.b64encode(key.sign(f"evt_1.{at}.{body}".encode())).decode()
    secret, hashed = "whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB", _hashed(f"evt_1.{at}.{body}".encode())
    headers = {"webhook-id": "evt_1", "webhook-timestamp": str(at), "webhook-signature": f"v1,{hashed} v1a,{signed}"}

    def received(**more: Any) -> str:
        given = {"body": body, "headers": headers, "keys": [secret], "now": at + 9, **more}
        return run(_NODE, program, json.dumps(given)).strip()

    assert received() == "evt_1"
    assert received(keys=public) == "evt_1"
    assert received(body='{"id": "evt_2"}', keys=[secret, public]) == "No signature fits a key."
    assert received(keys=["whsec_AgICAgICAgICAgICAgICAgICAgICAgIC"]) == "No signature fits a key."
    assert received(now=at + 301).startswith("The time of the request")


@pytest.mark.parametrize(
    ("algorithm", "alg"),
    [
        ({"name": "ECDSA", "namedCurve": "P-256"}, "ES256"),
        (
            {"name": "RSA-PSS", "modulusLength": 2048, "publicExponent": {"0": 1, "1": 0, "2": 1}, "hash": "SHA-256"},
            "PS256",
        ),
    ],
)
def test_a_key_signs_an_assertion(project: Path, algorithm: dict[str, Any], alg: str) -> None:
    program = _compiled(
        project,
        "signed",
        """import { signedKey } from "@escm/client";
const given = JSON.parse(process.argv[2] ?? "");
if (given.publicExponent) given.publicExponent = new Uint8Array([1, 0, 1]);
const pair = (await crypto.subtle.generateKey(given, true, ["sign", "verify"])) as CryptoKeyPair;
const who = signedKey("ministry", pair.privateKey, "https://escm.example.org/access/v1/oauth/token", "2027");
let form: Record<string, string> = {};
const token = await who.token(async (sent) => {
  form = sent;
  return { access_token: "granted", token_type: "Bearer", expires_in: 600, scope: "" };
});
console.log(JSON.stringify({ token, form, key: await crypto.subtle.exportKey("jwk", pair.publicKey) }));
""",
    )
    said = json.loads(run(_NODE, program, json.dumps(algorithm)))
    form = said["form"]
    assert (said["token"], form["grant_type"]) == ("granted", "client_credentials")
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    key = {name: said["key"][name] for name in ("kty", "crv", "x", "y", "n", "e") if name in said["key"]}
    read = jwt.decode(form["client_assertion"], import_key(key), algorithms=[alg])
    assert read.header == {"alg": alg, "typ": "JWT", "kid": "2027"}
    assert (read.claims["iss"], read.claims["sub"], read.claims["exp"] - read.claims["iat"]) == (
        "ministry",
        "ministry",
        60,
    )
    assert read.claims["aud"] == "https://escm.example.org/access/v1/oauth/token"
    assert len(read.claims["jti"]) == 36


def _hashed(signed: bytes) -> str:

    return base64.b64encode(hmac.digest(b"\1" * 24, signed, "sha256")).decode()


def test_plain_calls_of_its_types_compile_and_wrong_ones_do_not(project: Path) -> None:
    _compiled(
        project,
        "typed",
        """import { Api } from "@escm/client";
const api = new Api("http://127.0.0.1:9");
export const first = async (): Promise<string | undefined> =>
  (await api.http.GET("/membership/v1/experts")).data?.items[0]?.ref;
export const made = () => api.http.POST("/membership/v1/experts", { body: { names: [{ full: "A" }], country: "XA" } });
// @ts-expect-error there is no such filter
export const wrong = () => api.http.GET("/membership/v1/experts", { params: { query: { colour: "green" } } });
// @ts-expect-error there is no such list
export const missing = () => api.list("/membership/v1/me");
""",
    )


def test_a_person_stays_signed_in(running: dict[str, Any], project: Path) -> None:
    program = _compiled(
        project,
        "person",
        """import { Api, apiKey, password, session } from "@escm/client";
const [, , base = "", email = "", secret = ""] = process.argv;
const stored: string[] = [];
const name = async (api: Api) => (await api.given(api.http.GET("/access/v1/me"))).principal.name;
console.log(await name(new Api(base, password(email, secret, (token) => stored.push(token)))));
console.log(await name(new Api(base, session(stored[0] ?? "", (token) => stored.push(token)))), stored.length);
console.log(await name(new Api(base, apiKey("escm_wrong"))).catch((failure) => failure.problem.code));
""",
    )
    officer = running["demo"]["accounts"]["officer"]
    said = run(_NODE, program, running["base_url"], officer["username"], officer["password"])
    assert said.splitlines() == ["Olga Officer", "Olga Officer 2", "invalid_token"]


def test_a_follower_waits_at_the_system_for_the_next_event(running: dict[str, Any], project: Path) -> None:
    """A pause of its own would last an hour."""
    program = _compiled(
        project,
        "following",
        """import { Api, clientSecret } from "@escm/client";
const [, , base = "", id = "", secret = ""] = process.argv;
const api = new Api(base, clientSecret(id, secret));
const { after } = await api.given(api.http.GET("/access/v1/events/position"));
const positions = { load: () => after, save: () => undefined };
let made: Promise<{ ref: string }> | undefined;
const next = (async () => {
  for await (const event of api.follow(positions, { type: "escm.membership.*", pause: 3600 }))
    if (event.data.ref === (await made)?.ref) return event.type;
  return "nothing";
})();
made = api.given(api.http.POST("/membership/v1/experts", { body: { names: [{ full: "Nala Next" }], country: "XA" } }));
console.log(await next);
""",
    )
    client = running["demo"]["clients"]["government_xa"]
    assert run(_NODE, program, running["base_url"], client["id"], client["secret"]).strip() == _CREATED


def test_a_session_names_its_public_client_each_time(project: Path) -> None:
    program = _compiled(
        project,
        "renewed",
        """import { session } from "@escm/client";
const who = session("first", () => undefined, "client-1");
const sent: Record<string, string>[] = [];
const ask = async (form: Record<string, string>) => {
  sent.push({ ...form });
  return { access_token: "granted", token_type: "Bearer", expires_in: 0, scope: "", refresh_token: "next" };
};
await who.token(ask);
await who.token(ask);
console.log(JSON.stringify(sent.map((form) => [form.grant_type, form.refresh_token, form.client_id])));
""",
    )
    assert json.loads(run(_NODE, program)) == [
        ["refresh_token", "first", "client-1"],
        ["refresh_token", "next", "client-1"],
    ]


def test_the_folder_of_the_tools_has_what_the_package_needs() -> None:
    wanted = json.loads((CLIENT / "package.json").read_text())["dependencies"]["openapi-fetch"]
    assert (
        wanted.removeprefix("^") == json.loads((HERE / "package.json").read_text())["devDependencies"]["openapi-fetch"]
    )
