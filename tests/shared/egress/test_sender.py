"""Addresses that callers gave: none inside is opened, whatever it looks like or becomes, and answers cost little."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from shared.configuration.settings import Settings
from shared.egress.backend import resolved
from shared.egress.destinations import Destinations
from shared.egress.sender import KEPT, LONGEST, SECONDS, Sender, destinations
from tests.shared.egress.test_client import PRODUCTION, TEST, self_signed

INSIDE = (
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.0.0.1.",
    "0", "0.0.0.0", "0x0", "10.0.0.1", "10.1", "167772161", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.1",
    "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "100.64.0.1", "192.0.0.1",
    "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[::ffff:a9fe:a9fe]",
    "[::ffff:0:127.0.0.1]", "[::127.0.0.1]", "[::7f00:1]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]",
    "[2002:7f00:1::]", "[2002:a00:1::1]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[64:ff9b::7f00:1]",
    "[64:ff9b::10.0.0.1]", "[64:ff9b:1::a00:1]", "[2001:db8::1]", "[100::1]", "[fec0::1]",
)  # fmt: skip
"""Hosts that are, in some spelling, an address that is not public."""
UNUSABLE = (
    "http://example.org/", "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "//example.org/",
    "https://user@example.org/", "https://user:secret@example.org/", "https://example.org@10.0.0.1/",
    "https://example.org#@10.0.0.1/", "https://example.org/#here", "https://example.org\\@10.0.0.1/",
    "https://example.org /", " https://example.org/", "https://example.org/\n", "https://exa\tmple.org/",
    "https://example.org:80/", "https://example.org:22/", "https://example.org:6379/", "https://example.org:0/",
    "https://example.org:99999/", "https://example.org:443x/", "https:///example.org/", "https://",
    "https://①②⑦.⓪.⓪.①/", "https://ｅxample.org/", "https://[::1", "https://[fe80::1%25eth0]/", "https://[v1.x]/",
    "https://example.org:+443/", "https://%31%32%37.0.0.1/", "HTTPS://example.org/", "https://.example.org/",
    "https://example.org/" + "a" * 2_000,
)  # fmt: skip
PUBLIC = ("https://example.org", "https://example.org:8443/in?x=1", "https://8.8.8.8/", "https://[2606:4700::1111]/in")
Scripted = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def receiver(script: Scripted, **more: object) -> AsyncIterator[tuple[str, list[object]]]:
    """A server that does what the script says. Its address, and a list of the connections that were made."""
    made: list[object] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        made.append(writer.get_extra_info("peername"))
        try:
            await script(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, **more)  # type: ignore[arg-type]
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", made
    finally:
        server.close()


def saying(answer: bytes) -> Scripted:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    return script


@pytest.mark.parametrize("host", INSIDE)
async def test_an_address_inside_is_refused_in_any_spelling(host: str) -> None:
    assert Destinations().fault_of(f"https://{host}/in") == "address_refused"
    async with Sender(PRODUCTION) as sender:
        assert (await sender.post(f"https://{host}/in", {}, b"")).fault == "address_refused"


@pytest.mark.parametrize("url", UNUSABLE)
async def test_an_address_that_says_two_things_is_none(url: str) -> None:
    assert Destinations((443, 8443)).fault_of(url) == "unusable_url"


@pytest.mark.parametrize("url", PUBLIC)
async def test_a_public_address_is_usable(url: str) -> None:
    assert Destinations((443, 8443)).fault_of(url) is None


async def test_a_laptop_opens_itself_and_nothing_else_inside() -> None:
    here = Destinations(loopback=True)
    assert [here.fault_of(url) for url in ("http://127.0.0.1:9000/", "http://localhost:9000/", "http://[::1]:9/")] == [
        None, None, None,
    ]  # fmt: skip
    for inside in ("169.254.169.254", "10.0.0.1", "[::ffff:10.0.0.1]", "192.168.1.1"):
        assert here.fault_of(f"http://{inside}/") == "address_refused"
    assert here.fault_of("http://example.org/") == "unusable_url"


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["8.8.8.8", "169.254.169.254"], ["::ffff:127.0.0.1"], ["::1"]])
async def test_a_name_of_an_address_inside_gets_no_packet(addresses: list[str]) -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        return addresses

    async with receiver(saying(b"")) as (_, made), Sender(PRODUCTION, resolve=resolve) as sender:
        assert (await sender.post("https://receiver.example/in", {}, b"")).fault == "address_refused"
        assert made == []


async def test_a_resolver_that_changes_its_answer_leads_nowhere_else() -> None:
    """The first answer is checked and used; the second, which is not public, is never used."""
    asked: list[str] = []

    async def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    answer = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
    async with receiver(saying(answer)) as (url, made), Sender(TEST, resolve=resolve) as sender:
        named = url.replace("127.0.0.1", "localhost")
        assert (await sender.post(named, {}, b"")).status == 204
        assert (await sender.post(named, {}, b"")).fault == "address_refused"
        assert (len(made), asked) == (1, ["localhost", "localhost"])


async def test_an_answer_is_read_to_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Endless bodies and heads end at 16 KiB, slow ones at the time."""
    sent = 0

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 500 Odd\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
            await writer.drain()
            sent += 1024

    async def headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-More: " + b"y" * 100 + b"\r\n")
            await writer.drain()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for byte in b"HTTP/1.1 200 OK\r\n" * 1000:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.05)

    async with Sender(TEST, seconds=0.5) as sender:
        async with receiver(endless) as (url, _):
            found = await sender.post(url, {}, b"")
            assert (found.status, found.fault, len(found.head)) == (500, "answered", KEPT)
        async with receiver(headers) as (url, _):
            assert (await sender.post(url, {}, b"")).fault == "answered"
        async with receiver(slow) as (url, _):
            assert (await sender.post(url, {}, b"")).fault == "timeout"
    assert (LONGEST, SECONDS) == (16 << 10, 15)


@pytest.mark.parametrize(
    ("answer", "status", "fault"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, None),
        (b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n", 302, "redirected"),
        (b"HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", 429, "answered"),
        (b"garbage\r\n\r\n", None, "connect_failed"),
        (b"", None, "connect_failed"),
    ],
)
async def test_an_answer_says_what_came_of_it(answer: bytes, status: int | None, fault: str | None) -> None:
    async with receiver(saying(answer)) as (url, made), Sender(TEST) as sender:
        found = await sender.post(url, {"webhook-id": "1"}, b"{}")
        assert (found.status, found.fault, len(made)) == (status, fault, 1)
        assert found.headers.get("retry-after") == ("7" if status == 429 else None)


async def test_a_body_is_not_decompressed_and_a_connection_is_kept() -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nbomb")
            await writer.drain()

    async with receiver(script) as (url, made), Sender(TEST) as sender:
        assert [(await sender.post(url, {}, b"")).head for _ in range(3)] == ["bomb"] * 3
        assert len(made) == 1


async def test_another_certificate_is_none(tmp_path: object) -> None:
    import ssl

    files = self_signed(tmp_path, "elsewhere.test")  # type: ignore[arg-type]
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(files)
    async with receiver(saying(b""), ssl=own) as (url, _), Sender(TEST) as sender:
        assert (await sender.post(url.replace("http://", "https://"), {}, b"")).fault == "tls_failed"


async def test_nobody_who_answers_is_a_failed_connection() -> None:
    async with receiver(saying(b"")) as (url, _):
        pass
    async with Sender(TEST) as sender:
        assert (await sender.post(url, {}, b"")).fault == "connect_failed"
        assert (await sender.post("https://nowhere.invalid/", {}, b"")).fault == "connect_failed"


async def test_a_proxy_gets_all_and_no_literal_inside() -> None:
    """It resolves the names."""
    lines: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append(await reader.readline())
        writer.write(b"HTTP/1.1 403 Refused\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with receiver(proxy) as (url, made):
        settings = PRODUCTION.model_copy(update={"egress_proxy": url})
        async with Sender(settings) as sender:
            assert (await sender.post("https://receiver.example/in", {}, b"")).fault == "connect_failed"
            assert (await sender.post("https://10.0.0.1/in", {}, b"")).fault == "address_refused"
    assert (lines, len(made)) == ([b"CONNECT receiver.example:443 HTTP/1.1\r\n"], 1)


async def test_the_resolver_answers_by_the_system() -> None:
    assert "127.0.0.1" in await resolved("localhost", 80)
    assert Settings(environment="test").egress_ports == (443, 8443)


@pytest.mark.parametrize(("environment", "fault"), [("laptop", None), ("test", None), ("sandbox", "address_refused")])
def test_this_machine_is_opened_where_nobody_else_reaches_the_installation(environment: str, fault: str | None) -> None:
    settings = PRODUCTION.model_copy(update={"environment": environment})
    assert destinations(settings).fault_of("http://127.0.0.1:8080/in") == fault
    assert destinations(settings).allows("127.0.0.1") == (fault is None)
