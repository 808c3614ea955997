"""What the guards of accounts, second factors, API keys, API clients and webhooks say."""

from dataclasses import replace
from typing import Any

from services.access.factors.factors import domain as factors
from services.access.factors.factors.domain import FactorGuardContext
from services.access.notifying.webhooks import domain as webhooks
from services.access.notifying.webhooks.domain import WebhookGuardContext
from services.access.principals.accounts import domain as accounts
from services.access.principals.accounts.domain import AccountGuardContext
from services.access.principals.api_keys import domain as api_keys
from services.access.principals.api_keys.domain import KeyGuardContext
from services.access.principals.clients import domain as clients
from services.access.principals.clients.domain import ClientGuardContext
from tests.access.rules.grants import PERSON
from tests.support.rules import Rules

_ACCOUNT = AccountGuardContext(roles_of_two=frozenset(), is_owner=True, suspending=None, reinstating=None)
_CLIENT = ClientGuardContext(
    is_of_two=False, is_first_party=False, has_proposed_secret=True, confirming=None, ending=None, reinstating=None
)
_HELD, _SUSPENDED, _FOREIGN = (
    "holds_more_than_you_may_grant",
    "suspended_by_the_secretariat",
    "not_made_by_the_country",
)


def _account(**changed: Any) -> AccountGuardContext:
    return replace(_ACCOUNT, **changed)


def _client(**changed: Any) -> ClientGuardContext:
    return replace(_CLIENT, **changed)


RULES = (
    Rules(
        "access.accounts",
        accounts.LIFECYCLE,
        (
            ("suspend", _ACCOUNT, None),
            ("suspend", _account(suspending=_HELD), _HELD),
            ("reinstate", _ACCOUNT, None),
            ("reinstate", _account(reinstating=_HELD), _HELD),
            ("reinstate", _account(reinstating=_SUSPENDED), _SUSPENDED),
            ("close", _ACCOUNT, None),
            ("close", _account(is_owner=False), "not_the_owner"),
        ),
    ),
    Rules(
        "access.api_keys",
        api_keys.LIFECYCLE,
        (
            ("enable", KeyGuardContext(is_owner=True), None),
            ("enable", KeyGuardContext(is_owner=False), "not_the_owner"),
        ),
    ),
    Rules(
        "access.factors",
        factors.LIFECYCLE,
        (
            ("confirm", FactorGuardContext(is_owner=True), None),
            ("confirm", FactorGuardContext(is_owner=False), "not_the_owner"),
        ),
    ),
    Rules(
        "access.webhooks",
        webhooks.LIFECYCLE,
        (
            ("verify", WebhookGuardContext(is_answered=True), None),
            ("verify", WebhookGuardContext(is_answered=False), "ping_not_answered"),
        ),
    ),
    Rules(
        "access.clients",
        clients.LIFECYCLE,
        (
            ("confirm", _CLIENT, None),
            *(("confirm", _client(confirming=code), code) for code in ("second_person_missing", *PERSON)),
            ("suspend", _CLIENT, None),
            ("suspend", _client(ending=_FOREIGN), _FOREIGN),
            ("revoke", _CLIENT, None),
            ("revoke", _client(ending=_FOREIGN), _FOREIGN),
            ("reinstate", _CLIENT, None),
            ("reinstate", _client(reinstating=_FOREIGN), _FOREIGN),
            ("reinstate", _client(reinstating=_SUSPENDED), _SUSPENDED),
            ("confirm_secret", _CLIENT, None),
            ("confirm_secret", _client(has_proposed_secret=False), "no_proposed_secret"),
            ("mark_first_party", _CLIENT, None),
            ("mark_first_party", _client(is_first_party=True), "already_first_party"),
        ),
    ),
)
