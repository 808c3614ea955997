"""Settings of the membership service: environment variables `ESCM_MEMBERSHIP_*`."""

from typing import ClassVar

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from shared.configuration.settings import Settings

_ADDRESS = r"^(https?://[^\s?#]+)?$"


class MembershipSettings(Settings):
    """Settings of the membership processes."""

    model_config = SettingsConfigDict(env_prefix="ESCM_MEMBERSHIP_")
    service: ClassVar[str] = "membership"
    sends_mail: ClassVar[bool] = True

    mail_page: str = Field("", validation_alias="ESCM_MEMBERSHIP_PAGE")
    """The frontend's page that mails to experts lead to; `/account` of the issuer by default."""
    credential_key_days: int = Field(365, ge=30, le=1_096)
    """Days for which a key signs credentials of certificates; its successor is published a day before."""
    mail_requests: int = Field(60, ge=1, le=1_000_000)
    """Mails that anybody may request, and signatures by the public form, from one network address in a minute."""
    orcid_url: str = Field("", pattern=_ADDRESS)
    """Where people sign in to ORCID, such as `https://orcid.org`. The four settings of ORCID are set together."""
    orcid_api_url: str = Field("", pattern=_ADDRESS)
    """Where public records are read, such as `https://pub.orcid.org`."""
    orcid_client_id: str = ""
    """The installation's id at ORCID."""
    orcid_client_secret: SecretStr = SecretStr("")
    """The installation's secret at ORCID."""

    @model_validator(mode="after")
    def _refuse_half_an_orcid(self) -> "MembershipSettings":
        addresses = (self.orcid_url, self.orcid_api_url)
        given = (*addresses, self.orcid_client_id, self.orcid_client_secret.get_secret_value())
        if any(given) and not all(given):
            raise ValueError("ESCM_MEMBERSHIP_ORCID_URL, _API_URL, _CLIENT_ID and _CLIENT_SECRET are set together")
        if self.is_guarded and any(address.startswith("http://") for address in addresses):
            raise ValueError("ESCM_MEMBERSHIP_ORCID_URL and _API_URL are https:// addresses in production")
        return self

    @property
    def has_orcid(self) -> bool:
        """Whether people can link their ORCID iD."""
        return bool(self.orcid_client_id)

    @property
    def page(self) -> str:
        """The address of the page. Mails append the token as a fragment, which no server receives."""
        return self.mail_page or super().page
