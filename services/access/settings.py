"""Settings of the service access, in addition to the common ones."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from shared.configuration.settings import Settings


def _is_prepared(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0 and path.stat().st_size % 8 == 0


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
    password_grant: bool | None = None
    """Whether programs get tokens for a person's password, as tests do; by default on a laptop and in tests. Production
    refuses it: people sign in on the page."""
    client_secrets: bool | None = None
    """Whether new clients may have a secret; by default everywhere but in production, where they sign (`jwks`)."""
    device_codes: bool = False
    """Whether people may sign in to the command line on a machine without a browser, by a code that they enter
    elsewhere. Whoever is talked into entering a code gives somebody else access: leave it off unless it is needed."""
    breached_passwords: Path | None = None
    """A file of passwords that leaked elsewhere, which nobody may choose here, made by `escm passwords prepare`."""
    passkey_origin: str = ""
    """The origin at which people use passkeys, such as `https://escm.example.org`; that of the issuer by default, and
    `localhost` for a loopback address."""
    passkey_domain: str = ""
    """The domain that passkeys are bound to; the host of their origin by default. A change makes all passkeys
    useless."""
    local_passwords: bool = True
    """Whether people have passwords here. Without them, all sign in at identity providers, and nobody registers or
    chooses a password."""
    account_page: str = ""
    """The frontend's page that mails to accounts lead to; `/account` of the issuer by default."""

    @model_validator(mode="after")
    def _refuse_passwords(self) -> "AccessSettings":
        if self.environment == "production" and self.password_grant:
            raise ValueError("ESCM_ACCESS_PASSWORD_GRANT must be off in production: people sign in on the page")
        return self

    @model_validator(mode="after")
    def _find_breached_passwords(self) -> "AccessSettings":
        path = self.breached_passwords
        if path is not None and not _is_prepared(path):
            raise ValueError(f"ESCM_ACCESS_BREACHED_PASSWORDS names no file of `escm passwords prepare`: {path}")
        return self

    @property
    def gives_tokens_for_passwords(self) -> bool:
        """Whether `grant_type=password` is accepted."""
        if not self.local_passwords:
            return False
        return not self.is_guarded if self.password_grant is None else self.password_grant

    @property
    def gives_secrets(self) -> bool:
        """Whether a client that has no secret may get one."""
        return self.environment != "production" if self.client_secrets is None else self.client_secrets

    @property
    def page(self) -> str:
        """The address of the page. Mails append the token as a fragment, which no server receives."""
        return self.account_page or super().page
