"""Accounts over HTTP."""

from services.access.access import ROLES
from services.access.principals.accounts import operations
from services.access.principals.accounts.guards import with_found_account
from services.access.principals.accounts.queries import LISTING
from services.access.principals.accounts.schemas import (
    Account,
    AccountBody,
    AccountCreate,
    AccountFields,
    present,
)
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint

register_constraint("access_account_email_key_key", "/email", "Another account has this address.")


ACCOUNT_API = RecordApi(
    kind=operations.ACCOUNTS,
    roles=ROLES,
    listing=LISTING,
    response_model=Account,
    present=present,
    bodies=Bodies(AccountBody, creation=AccountCreate),
    create=operations.create,
    update=operations.update,
    steps=Steps(
        operations.transition,
        guards=operations.load_guard_context,
        fields=AccountFields,
        keeps_null=True,
        concerns=lambda row: frozenset((row["id"],)),
        proposes_changes=True,
    ),
    dependency=with_found_account,
)
router = record_routes(ACCOUNT_API)
