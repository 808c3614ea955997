"""The personal data that access stores, by column: see `shared.records.personal`. The view `access_published_personal`
publishes what is exported."""

from collections.abc import Mapping

from shared.records.personal import FOUND_BY, RECORD, PersonalTable, personal

_SECRET = "proves to the system who somebody is"  # noqa: S105 -- a reason, not a secret
_OF_OFFICE = "says which office administers the account"
_OF_PROVIDER = "is what the identity provider calls the session, so that it can end it"
_SHORT = "stored until it expires, and contains the time of that"

PARTS: Mapping[str, PersonalTable] = {
    "accounts": personal(
        "access_account",
        f"{RECORD} email name email_verified language notifications",
        {
            FOUND_BY: "email_key search_key",
            _SECRET: "password_hash",
            _OF_OFFICE: "made_by_country suspended_by previous_status",
        },
        retained=f"{RECORD} email_verified language made_by_country suspended_by previous_status",
    ),
    "sessions": personal(
        "access_session",
        f"{RECORD} account_id label ends_at client scope signed_in_at provider acr amr",
        {_OF_PROVIDER: "provider_sid", _SECRET: "bound_to"},
    ),
    "identities": personal(
        "access_identity",
        f"{RECORD} account_id provider issuer subject email last_used_at signed_out_at",
    ),
    "authorizations": personal("access_authorization", f"{RECORD} account_id client scope"),
    "factors": personal(
        "access_factor",
        f"{RECORD} account_id kind name locked_until",
        retained=f"{RECORD} account_id kind locked_until",
    ),
    "grants": personal(
        "access_grant",
        f"{RECORD} principal_kind principal_id role scope_kind scope_id starts ends reason second_person"
        " delegated_from predecessor_id caused_by letter proof place",
        retained=f"{RECORD} principal_kind principal_id role scope_kind scope_id starts ends second_person"
        " delegated_from predecessor_id caused_by proof place",
    ),
    "notifications": personal(
        "access_notification",
        "id account_id kind event resource record_id ref link day at read_at mail mailed_at",
    ),
    "api_keys": personal(
        "access_api_key",
        f"{RECORD} name hint owner_kind owner_id resources verbs countries expires_at",
        {_SECRET: "digest"},
        retained=f"{RECORD} owner_kind owner_id resources verbs countries expires_at digest",
    ),
}
"""The parts that access adds to an export of everything about an expert."""
ALSO_PERSONAL: tuple[PersonalTable, ...] = (
    personal("access_last_use", "used_at", {"the key that is exported": "kind id"}),
    personal("access_account_token", "", {_SECRET: "digest", _SHORT: "account_id purpose email_key until email"}),
    personal("access_refresh_token", "", {_SECRET: "digest", _SHORT: "session_id until used_at"}),
    personal("access_browser", "", {_SECRET: "digest", _SHORT: "session_id until"}),
    personal(
        "access_factor_secret",
        "",
        {
            _SECRET: "sealed codes credential public_key counter last_step",
            "the factor that is exported": "factor_id account_id failures locks used_at",
        },
    ),
    personal(
        "access_code",
        "",
        {
            _SECRET: "digest challenge nonce bound_to",
            _SHORT: "browser_session client redirect_uri scope until used_at given",
        },
    ),
    personal(
        "access_device",
        "",
        {
            _SECRET: "digest user_digest",
            _SHORT: "id client scope network asked_at until pause polled_at decision browser_session used_at given",
        },
    ),
    personal(
        "access_federation_start",
        "",
        {_SECRET: "digest browser invitation", _SHORT: "provider request account_id until"},
    ),
    personal("access_revoked_token", "", {_SHORT: "token_id principal_kind principal_id until"}),
    personal(
        "access_credential_change",
        "",
        {_SHORT: "id principal_kind principal_id by_kind by_id what at old_email old_digest"},
    ),
    personal("access_failed_login", "", {_SHORT: "email_digest failed locked_until last_at"}),
)
"""`access_last_use` is exported with the keys."""
IMPERSONAL: Mapping[str, str] = {
    "access_break_glass": "id digest reason made_at until used_at session",
    "access_client": f"{RECORD} client_id name search_key secrets secret_ends secret_reminder proposed_secret jwks"
    " scope_kind scope_id resources verbs ip_allow redirect_uris post_logout_redirect_uris backchannel_logout_uri"
    " grants public require_par dpop_bound first_party contacts sandbox made_by_country suspended_by previous_status",
    "access_client_call": "id client_id service operation method path deprecated_on sunset day calls failures last_at",
    "access_client_usage": "client_id service operation method path deprecated_on sunset day calls failures last_at",
    "access_deprecation_notice": "client_id operation days given_at",
    "access_identity_provider": f"{RECORD} code titles issuer client_id auth sealed scopes countries domains claims"
    " levels accounts access_tokens token_keys token_keys_at",
    "access_webhook": f"{RECORD} name url types countries records signatures bulk rate in_flight owner_kind owner_id",
    "access_webhook_key": "id webhook_id sealed public starts_at ends_at",
    "access_webhook_state": "webhook_id position holder fence expires_at failures failing_since last_success_at"
    " last_problem last_milliseconds verified_at mailed reach",
    "access_webhook_delivery": "id day webhook_id event_id position after_position events type record country status"
    " replay next_attempt_at attempts milliseconds last_at",
    "access_reference_move": "loser_id winner_id resource record_id field position before after",
    "access_signing_key": f"{RECORD} kid public private signs_from signs_until verifies_until",
    "access_used_assertion": "digest until",
}
