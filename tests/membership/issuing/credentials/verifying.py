"""An independent verifier, which reads nothing but the DID document and the status lists."""

import json
from collections.abc import Mapping
from typing import Any

from openbadgeslib.ob3 import OB3Verifier

Web = Mapping[str, bytes]
"""The content of addresses."""


class Reading:
    """Downloads from a web that is given, and records the addresses."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.read: list[str] = []

    def __call__(self, url: str) -> bytes:
        self.read.append(url)
        return self.web[url]


def verify(token: str, did: str, web: Web) -> Reading:
    """Verifies a credential and its status. Raises OB3VerificationError; returns what was read."""
    reading = Reading(web)
    OB3Verifier.for_issuer_did(did, reading).verify(token, check_status=True, download=reading)
    return reading


def as_bytes(document: Any) -> bytes:
    return json.dumps(document).encode()
