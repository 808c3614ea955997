"""The keywords of a row: each once, with the topic, and unchanged if the cell is empty."""

import pytest

from services.membership.register.experts.jobs import parsed_row


@pytest.mark.parametrize(
    ("cells", "keywords"),
    [
        ({"keywords": "Fog; Ice; Fog"}, ["Fog", "Ice"]),
        ({"keywords": "Fog", "topic": "Ice"}, ["Fog", "Ice"]),
        ({"keywords": "Fog", "topic": "Fog"}, ["Fog"]),
        ({"keywords": ";"}, None),
        ({}, None),
    ],
)
def test_keywords_of_a_row(cells: dict[str, str], keywords: list[str] | None) -> None:
    row = parsed_row({"full_name": "Ana", "country": "XA", **cells})
    assert row.values.get("keywords") == keywords
