"""The API of ORCID, version 3.0: signing in, and reading public records."""

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.membership.register.orcid.domain import OrcidAffiliation, organisation_text
from services.membership.settings import MembershipSettings
from shared.egress.client import Egress, Reply
from shared.kernel.errors import Conflict, Unavailable
from shared.kernel.identifiers import orcid_id, ror_id

_SCOPE = "/authenticate"
_SECTIONS = {"employments": "employment", "educations": "education"}
_HOUR = 3600


class _Part(BaseModel):
    """A part of ORCID's JSON. Other members of it are ignored."""

    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"))


class _Value(_Part):
    value: str


class _Date(_Part):
    year: _Value
    month: _Value | None = None
    day: _Value | None = None

    def __str__(self) -> str:
        return "-".join(part.value for part in (self.year, self.month, self.day) if part)


class _Address(_Part):
    city: str | None = None
    country: str | None = None


class _Identifier(_Part):
    disambiguated_organization_identifier: str | None = None
    disambiguation_source: str | None = None


class _Organization(_Part):
    name: str
    address: _Address = _Address()
    disambiguated_organization: _Identifier | None = None

    @property
    def ror(self) -> str | None:
        """The ROR id, if the organisation is identified by one."""
        known = self.disambiguated_organization
        is_ror = known and known.disambiguation_source == "ROR"
        return ror_id(known.disambiguated_organization_identifier or "") if known and is_ror else None


class _Summary(_Part):
    put_code: int
    organization: _Organization
    role_title: str | None = None
    department_name: str | None = None
    start_date: _Date | None = None
    end_date: _Date | None = None
    visibility: str = "public"


class _Group(_Part):
    summaries: list[dict[str, _Summary]]


class _Section(_Part):
    affiliation_group: list[_Group]


class _Token(BaseModel):
    orcid: Annotated[str, Field(max_length=100)]


class Orcid:
    """ORCID at the addresses of the settings. Raises Unavailable `orcid_not_configured` if there are none."""

    def __init__(self, settings: MembershipSettings) -> None:
        if not settings.has_orcid:
            detail = "This installation has no access to ORCID."
            raise Unavailable(detail, code="orcid_not_configured", retry_after=_HOUR)
        self._url, self._api = settings.orcid_url.rstrip("/"), settings.orcid_api_url.rstrip("/")
        self._client = settings.orcid_client_id
        self._secret = settings.orcid_client_secret
        self._page = settings.page
        self._egress = Egress(settings, (self._url, self._api))

    def authorize_url(self, state: str) -> str:
        """The page where a person signs in to ORCID. ORCID leads back to the page of the settings, with `code` and
        `state` in the query."""
        query = {"client_id": self._client, "response_type": "code", "scope": _SCOPE, "redirect_uri": self._page}
        return f"{self._url}/oauth/authorize?{urlencode({**query, 'state': state})}"

    async def authenticated(self, code: str) -> str | None:
        """The iD of the person who signed in; None for a code that ORCID does not accept. The access token is thrown
        away. Raises Unavailable."""
        form = {"client_id": self._client, "client_secret": self._secret.get_secret_value(), "code": code}
        url = f"{self._url}/oauth/token"
        reply = await self._egress.post(url, {**form, "grant_type": "authorization_code", "redirect_uri": self._page})
        if reply.status == 400:
            return None
        try:
            return orcid_id(_Token.model_validate(_content(reply)).orcid)
        except ValidationError:
            raise _odd() from None

    async def affiliations(self, orcid: str) -> list[OrcidAffiliation]:
        """The public employments and educations of a record. Raises Unavailable, and Conflict if ORCID does not show
        the record."""
        found: list[OrcidAffiliation] = []
        for plural, single in _SECTIONS.items():
            reply = await self._egress.get(f"{self._api}/v3.0/{orcid}/{plural}")
            if reply.status in (404, 409, 410):
                raise Conflict("ORCID does not show this record.")
            try:
                section = _Section.model_validate(_content(reply))
            except ValidationError:
                raise _odd() from None
            found += _public(section, single)
        return found


def _content(reply: Reply) -> object:
    if reply.status != 200:
        raise _odd()
    return reply.json()


def _public(section: _Section, single: str) -> Iterator[OrcidAffiliation]:
    for group in section.affiliation_group:
        for summary in (each[name] for each in group.summaries for name in each if name == f"{single}-summary"):
            if summary.visibility != "public":
                continue
            place = summary.organization.address
            yield OrcidAffiliation(
                put_code=f"{single}/{summary.put_code}",
                raw=organisation_text(summary.organization.name, place.city, place.country),
                ror=summary.organization.ror,
                role=summary.role_title or None,
                unit=summary.department_name or None,
                starts=str(summary.start_date) if summary.start_date else None,
                ends=str(summary.end_date) if summary.end_date else None,
            )


def _odd() -> Unavailable:
    return Unavailable("ORCID does not respond as documented.", code="upstream_unavailable", retry_after=30)
