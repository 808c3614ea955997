"""Passkeys (WebAuthn): challenges, the options that a browser gets, and the check of what it sends back."""

import hashlib
import hmac
import os
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from shared.auth.keys import decoded

LIFE = timedelta(minutes=5)
"""How long a challenge may be answered."""
_REQUIRED = UserVerificationRequirement.REQUIRED
_RANDOM, _TAG = 16, 16


class ChallengeNotValid(Exception):
    """The answer is to no challenge of ours for this purpose, or to one that is over."""


class AnswerNotValid(Exception):
    """The answer was not made by this passkey for this site, or without a check of the person."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge that a browser answered: stored by its digest until it is over, so that it is answered once."""

    content: bytes
    until: datetime

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(b"passkey challenge " + self.content).digest()


@dataclass(frozen=True, slots=True)
class Stored:
    """A passkey as it is stored."""

    credential: bytes
    public_key: bytes
    counter: int


@dataclass(frozen=True, slots=True)
class Passkeys:
    """The passkeys of one site. `domain` is what they are bound to, `origin` where people use them. Challenges are made
    with `key`, so that none is stored before it is answered."""

    domain: str
    origin: str
    site: str
    key: bytes

    def creation(self, purpose: str, account: UUID, email: str, name: str, known: Sequence[bytes]) -> dict[str, Any]:
        """The options with which a browser makes a passkey; none on a device that has one of these."""
        made = generate_registration_options(
            rp_id=self.domain,
            rp_name=self.site,
            user_id=account.bytes,
            user_name=email,
            user_display_name=name,
            challenge=self._challenge(purpose),
            timeout=int(LIFE.total_seconds() * 1000),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
        )
        return options_to_json_dict(made)

    def request(self, purpose: str, known: Sequence[bytes] = ()) -> dict[str, Any]:
        """The options with which a browser asks for a passkey: one of these, or any of the site."""
        made = generate_authentication_options(
            rp_id=self.domain,
            challenge=self._challenge(purpose),
            timeout=int(LIFE.total_seconds() * 1000),
            allow_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
            user_verification=_REQUIRED,
        )
        return options_to_json_dict(made)

    def challenge_in(self, answer: Mapping[str, Any], purpose: str, at: datetime) -> Challenge:
        """The challenge of an answer. Raises ChallengeNotValid."""
        try:
            said = orjson.loads(decoded(answer["response"]["clientDataJSON"]))
            content = decoded(said["challenge"])
            made = struct.unpack(">Q", content[_RANDOM : _RANDOM + 8])[0]
            is_framed = said.get("crossOrigin", False) is not False
            until = datetime.fromtimestamp(made, UTC) + LIFE
        except (ValueError, TypeError, LookupError, AttributeError, struct.error, OSError, OverflowError):
            raise ChallengeNotValid from None
        if is_framed or not hmac.compare_digest(self._tagged(content[: _RANDOM + 8], purpose), content):
            raise ChallengeNotValid
        if not until - LIFE - timedelta(seconds=1) <= at <= until:
            raise ChallengeNotValid
        return Challenge(content, until)

    def made(self, answer: Mapping[str, Any], challenge: Challenge) -> Stored:
        """The passkey that a browser made. Raises AnswerNotValid."""
        try:
            found = verify_registration_response(
                credential=dict(answer),
                expected_challenge=challenge.content,
                expected_rp_id=self.domain,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        except Exception as error:  # of four libraries, for bytes that anybody may send
            raise AnswerNotValid from error
        return Stored(found.credential_id, found.credential_public_key, found.sign_count)

    def counter_of(self, answer: Mapping[str, Any], challenge: Challenge, stored: Stored) -> int:
        """The counter of a right answer, which is not compared with the stored one. Raises AnswerNotValid."""
        try:
            found = verify_authentication_response(
                credential=dict(answer),
                expected_challenge=challenge.content,
                expected_rp_id=self.domain,
                expected_origin=self.origin,
                credential_public_key=stored.public_key,
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except Exception as error:  # of four libraries, for bytes that anybody may send
            raise AnswerNotValid from error
        if found.credential_id != stored.credential:
            raise AnswerNotValid
        return int(found.new_sign_count)

    def _challenge(self, purpose: str) -> bytes:
        made = int(datetime.now(UTC).timestamp())
        return self._tagged(os.urandom(_RANDOM) + struct.pack(">Q", made), purpose)

    def _tagged(self, content: bytes, purpose: str) -> bytes:
        return content + hmac.digest(self.key, content + purpose.encode(), "sha256")[:_TAG]


def credential_in(answer: Mapping[str, Any]) -> bytes:
    """The id of the passkey of an answer, and of nothing for a broken one."""
    try:
        return decoded(answer["rawId"])
    except (ValueError, TypeError, LookupError):
        return b""


def read_answer(text: str) -> Mapping[str, Any]:
    """The answer of a browser as JSON. Raises ChallengeNotValid."""
    try:
        answer = orjson.loads(text)
    except ValueError:
        raise ChallengeNotValid from None
    if not isinstance(answer, dict):
        raise ChallengeNotValid
    return answer
