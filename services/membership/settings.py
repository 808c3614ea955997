"""Settings of the membership service: environment variables `ESCM_MEMBERSHIP_*`."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.configuration.settings import Settings


class MembershipSettings(Settings):
    """Settings of the membership processes."""

    model_config = SettingsConfigDict(env_prefix="ESCM_MEMBERSHIP_")
    service: ClassVar[str] = "membership"
    sends_mail: ClassVar[bool] = True

    mail_page: str = Field("", validation_alias="ESCM_MEMBERSHIP_PAGE")
    """The frontend's page that uses a mailed token; `/account` of the issuer by default."""

    @property
    def page(self) -> str:
        """The address of the page. Mails append the token as a fragment, which no server receives."""
        return self.mail_page or f"{self.issuer.rstrip('/')}/account"
