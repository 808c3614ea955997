"""Imports say whether experts are available for support, and exports repeat it."""

from tests.support.imports import Importer

EXPERTS = "/membership/v1/experts"


async def test_availability_is_imported(secretariat: Importer) -> None:
    lines = ("full_name,country,available_for_support", "Amina Away,XA,false", "Bilal There,XA,", "Cara No,XA,perhaps")
    ended = await secretariat.bring("experts", "\n".join(lines).encode())
    assert (ended["counts"]["created"], ended["counts"]["failed"]) == (2, 1)
    for word, expected in (("away", False), ("there", True)):
        (found,) = (await secretariat.caller.get(f"{EXPERTS}?q={word}")).json()["items"]
        assert found["available_for_support"] is expected
    again = await secretariat.bring("experts", "\n".join((lines[0], "Amina Away,XA,FALSE")).encode())
    assert again["counts"]["unchanged"] == 1
