"""Settings of the service access, in addition to the common ones."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.configuration.settings import Settings


class AccessSettings(Settings):
    """Settings of the access processes."""

    model_config = SettingsConfigDict(env_prefix="ESCM_ACCESS_", extra="ignore", populate_by_name=True)
    service: ClassVar[str] = "access"
    rls_on_writes: ClassVar[bool] = False
    sends_mail: ClassVar[bool] = True

    token_requests: int = Field(600, ge=1, le=1_000_000)
    """Requests for tokens a minute of one client."""
    failed_accounts: int = Field(20, ge=1, le=1_000_000)
    """Accounts for which one network may fail to sign in within an hour; each further one locks the network for a
    while, as wrong passwords of one account do."""
    mail_requests: int = Field(60, ge=1, le=1_000_000)
    """Requests for mails from one network address in a minute."""
    signing_key_days: int = Field(30, ge=1, le=365)
    """Days for which a key signs tokens."""
    account_page: str = ""
    """The frontend's page that mails to accounts lead to; `/account` of the issuer by default."""

    @property
    def page(self) -> str:
        """The address of the page. Mails append the token as a fragment, which no server receives."""
        return self.account_page or super().page
