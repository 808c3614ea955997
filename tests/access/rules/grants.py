"""What the guards of grants say."""

from dataclasses import replace
from typing import Any

from services.access.authority.grants import domain
from services.access.authority.grants.domain import GrantGuardContext
from tests.support.rules import Rules

PERSON = (
    "second_person_is_the_first",
    "second_person_is_a_client",
    "second_person_not_entitled",
    "credentials_set_recently",
)
"""Why an account does not count as a second person."""
_SECOND = ("second_person_missing", "another_second_person_named", *PERSON)
_SCOPE = ("role_not_yours_to_hand_on", "beyond_own_scope")
_OFFICE = ("role_not_delegated", "not_further", "follows_an_office")
_WHOLE = GrantGuardContext(confirming=None, revoking=None, second_person=None, handing_over=None)


def _but(**changed: Any) -> GrantGuardContext:
    return replace(_WHOLE, **changed)


RULES = (
    Rules(
        "access.grants",
        domain.LIFECYCLE,
        (
            ("confirm", _WHOLE, None),
            *(("confirm", _but(confirming=code), code) for code in ("own_grant", *_SCOPE)),
            *(("confirm", _but(second_person=code), code) for code in _SECOND),
            ("confirm", _but(is_verified_scope=False), "institution_not_verified"),
            ("revoke", _WHOLE, None),
            *(("revoke", _but(revoking=code), code) for code in _SCOPE),
            ("hand_over", _WHOLE, None),
            *(("hand_over", _but(handing_over=code), code) for code in (*_OFFICE, "own_grant", *_SCOPE)),
        ),
    ),
)
