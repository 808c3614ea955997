"""What goes over HTTP for identity providers."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.access.federation.providers import record
from services.access.federation.providers.domain import LIFECYCLE, PRESETS, is_code, is_domain, is_issuer
from services.access.federation.providers.operations import PROVIDERS
from services.access.federation.providers.queries import render
from services.access.federation.providers.tables import identity_provider
from shared.records.access_scope import AccessScope
from shared.records.record import Refers
from shared.web.contract.fields import Body, CountryCode, OneLine, Titles
from shared.web.contract.schemas import RecordResponse
from shared.web.contract.values import row_values


def _checked(is_right: Callable[[str], bool], detail: str) -> AfterValidator:
    def check(text: str) -> str:
        if not is_right(text):
            raise PydanticCustomError("invalid_format", detail)
        return text

    return AfterValidator(check)


Code = Annotated[
    str,
    StringConstraints(min_length=2, max_length=40),
    _checked(is_code, "Small letters, digits and hyphens, with a letter first."),
    Field(examples=["health-xa"]),
]
Issuer = Annotated[
    str,
    StringConstraints(max_length=400),
    OneLine,
    _checked(is_issuer, "An address without query and fragment."),
    Field(examples=["https://id.health.gov.example"]),
]
Domain = Annotated[
    str,
    StringConstraints(max_length=253),
    _checked(is_domain, "A domain in small letters, such as health.gov.example."),
    Field(examples=["health.gov.example"]),
]
Word = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$"), Field(examples=["email"])
]


class ProviderClaims(Body):
    """The claims of the ID token that are read. Only `sub` is unique and never given to somebody else."""

    subject: Annotated[Literal["sub"], "The claim that names the person."] = "sub"
    email: Annotated[Word, "The claim with the address."] = "email"
    name: Annotated[Word, Field(examples=["name"]), "The claim with the name."] = "name"


class ProviderAccessTokens(Body):
    """Which access tokens of the provider (RFC 9068) are taken: those of linked people for this audience alone."""

    audience: Annotated[Word, Field(examples=["https://escm.example.org"]), "What `aud` says."]
    subject: Annotated[Literal["sub"], Field(examples=["sub"]), "The claim that names the person."] = "sub"


class IdentityProviderBody(Body, of=record.IdentityProvider):
    """What may change of an identity provider."""

    titles: Titles
    issuer: Issuer
    client_id: Annotated[Word, Field(examples=["escm"])]
    auth: Literal["private_key_jwt", "secret"] = "private_key_jwt"
    secret: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=500), OneLine] | None,
        Field(examples=[None]),
        "The secret that this system shows there, with `auth` `secret`; it is stored encrypted and never returned.",
    ] = None
    scopes: Annotated[list[Word], Field(min_length=1, max_length=20)] = ["openid", "email", "profile"]
    countries: Annotated[list[CountryCode], Field(max_length=249)] = []
    domains: Annotated[list[Domain], Field(max_length=20)] = []
    claims: ProviderClaims = ProviderClaims()
    levels: Annotated[dict[Word, Literal["1", "2"]], Field(max_length=20, examples=[{"mfa": "2"}])] = {}
    accounts: Literal["invited", "domain", "anyone"] = "invited"
    access_tokens: ProviderAccessTokens | None = None

    def columns(self) -> dict[str, Any]:
        """The columns that are written. A secret that is not given stays."""
        given = row_values(self, identity_provider)
        secret = given.pop("secret")
        given["scopes"] = list(dict.fromkeys(("openid", *self.scopes)))
        return {**given, **({"sealed": secret.encode()} if secret else {})}


class IdentityProviderCreate(IdentityProviderBody):
    """A new identity provider. One with the issuer `https://orcid.org` has `auth` `secret` and the scope `openid`,
    unless something else is given."""

    code: Code

    @model_validator(mode="before")
    @classmethod
    def _with_preset(cls, given: Any) -> Any:
        preset = PRESETS.get(str(given.get("issuer")), {}) if isinstance(given, dict) else {}
        return {**preset, **given} if preset else given


class IdentityProviderFields(Body):
    """The fields of transitions: the only account that may confirm."""

    second_person: Annotated[UUID | None, Refers("/access/v1/accounts"), "The only account that may confirm."] = None


class IdentityProvider(RecordResponse, of=record.IdentityProvider, lifecycle=LIFECYCLE):
    """An identity provider."""

    claims: Annotated[ProviderClaims, "The names of the claims with subject, address and name."]
    access_tokens: Annotated[
        ProviderAccessTokens | None, "Which of its access tokens are taken as those of the person; null: none."
    ]


def present(row: Mapping[str, Any], _access: AccessScope) -> dict[str, Any]:
    """The provider in a response, without its secret."""
    shown = render(row)
    shown["links"] = {"self": PROVIDERS.resource.link(shown["id"])}
    return shown
