"""Addresses outside are opened within bounds, and only those of the settings."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from shared.configuration.settings import Settings
from shared.egress import client
from shared.egress.client import LONGEST, Egress
from shared.kernel.addresses import is_public
from shared.kernel.errors import Unavailable
from tests.support.orcid import served

TEST = Settings(environment="test")
PRODUCTION = Settings(
    environment="production",
    database_url="postgresql://escm:k8sJq2vXzr91LmTwPq7d@db/escm",
    redis_url="redis://:k8sJq2vXzr91LmTwPq7b@cache",
    secret_key="k8sJq2vXzr91LmTwPq7b",
    role_password="k8sJq2vXzr91LmTwPq7c",
    issuer="https://plan.org",
    fictional_countries=False,
)


def outside() -> FastAPI:
    app = FastAPI()
    app.state.hang = asyncio.Event()

    @app.get("/seen")
    async def seen(request: Request) -> dict[str, Any]:
        return {"headers": dict(request.headers)}

    @app.post("/form")
    async def form(request: Request) -> Response:
        return Response(await request.body(), 201, media_type="application/json")

    @app.get("/redirect")
    async def redirect() -> Response:
        return RedirectResponse("/seen")

    @app.get("/long")
    async def long() -> Response:
        return StreamingResponse(b"x" * (1 << 20) for _ in range(1 + (LONGEST >> 20)))

    @app.get("/text")
    async def text() -> Response:
        return Response(b"<html>")

    @app.get("/hang")
    async def hang() -> None:
        await app.state.hang.wait()

    return app


@pytest.fixture(scope="module")
async def url() -> AsyncIterator[str]:
    app = outside()
    async with served(app) as url:
        yield url
        app.state.hang.set()


async def test_a_response_is_read(url: str) -> None:
    egress = Egress(TEST, [url])
    reply = await egress.get(f"{url}/seen")
    assert (reply.status, reply.json()["headers"]["host"]) == (200, url.removeprefix("http://"))
    posted = await egress.post(f"{url}/form", {"a": "b c"})
    assert (posted.status, posted.body) == (201, b"a=b+c")


@pytest.mark.parametrize("address", ["http://127.0.0.1/", "{url}.evil.test/", "{url}@evil.test/", "file:///etc/passwd"])
async def test_an_address_that_is_none_of_the_settings_is_not_opened(url: str, address: str) -> None:
    with pytest.raises(ValueError):
        await Egress(TEST, [url]).get(address.replace("{url}", url))


async def test_a_redirect_is_not_followed(url: str) -> None:
    assert (await Egress(TEST, [url]).get(f"{url}/redirect")).status == 307


async def test_a_response_that_is_too_long_or_no_json_is_not_read(url: str) -> None:
    egress = Egress(TEST, [url])
    with pytest.raises(Unavailable):
        await egress.get(f"{url}/long")
    with pytest.raises(Unavailable):
        (await egress.get(f"{url}/text")).json()


async def test_a_system_that_hangs_or_is_away_is_not_awaited(url: str) -> None:
    for base, path in ((url, "/hang"), ("http://127.0.0.1:9", "/x")):
        with pytest.raises(Unavailable) as raised:
            await Egress(TEST, [base], seconds=0.3).get(f"{base}{path}")
        assert raised.value.code == "upstream_unavailable"


async def test_production_opens_no_address_inside(url: str) -> None:
    port = url.rpartition(":")[2]
    for base in (url, f"http://localhost:{port}"):
        with pytest.raises(Unavailable):
            await Egress(PRODUCTION, [base]).get(f"{base}/seen")
    assert (await Egress(TEST, [f"http://localhost:{port}"]).get(f"http://localhost:{port}/seen")).status == 200


async def test_a_certificate_must_be_of_the_host_and_of_a_known_authority(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("localhost", "elsewhere.test"):
        files = self_signed(tmp_path, name)
        async with served(outside(), ssl_certfile=files, ssl_keyfile=files) as address:
            base = address.replace("127.0.0.1", "localhost")
            with pytest.raises(Unavailable):
                await Egress(TEST, [base]).get(f"{base}/seen")
            trusting = ssl.create_default_context(cafile=files)
            with monkeypatch.context() as patched:
                patched.setattr(client, "_certificates", lambda trusting=trusting: trusting)
                if name == "localhost":
                    assert (await Egress(TEST, [base]).get(f"{base}/seen")).status == 200
                else:
                    with pytest.raises(Unavailable):
                        await Egress(TEST, [base]).get(f"{base}/seen")


def self_signed(folder: Path, name: str) -> str:
    """A file with a key and its certificate for a host."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, SHA256())
    )
    file = folder / f"{name}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return str(file)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "::127.0.0.1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "2002:7f00:1::1",
        "64:ff9b::7f00:1", "64:ff9b:1::1", "2001:0:7f00:1::1", "localhost", "",
    ],
)  # fmt: skip
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_outside_is_public(address: str) -> None:
    assert is_public(address)
