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
    """The frontend's page where a token that came by mail is used; `/account` of the issuer where none is named."""

    @property
    def page(self) -> str:
        """The address that mails lead to. The token follows as a fragment, which no server sees."""
        return self.mail_page or f"{self.issuer.rstrip('/')}/account"
