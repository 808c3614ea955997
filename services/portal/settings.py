"""Settings of the portal: environment variables `ESCM_PORTAL_*`."""

from typing import ClassVar, NamedTuple, Self

from fastapi import Request
from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from shared.configuration.settings import Settings, secret_of
from shared.configuration.strength import issuer_fault, weakness


class Installation(NamedTuple):
    """What each page says of the installation: its address, and whether somebody can sign in to a console here."""

    origin: str
    has_console: bool


class PortalSettings(Settings):
    """Settings of the portal's process."""

    model_config = SettingsConfigDict(env_prefix="ESCM_PORTAL_", extra="ignore", populate_by_name=True)
    service: ClassVar[str] = "portal"
    has_secrets: ClassVar[bool] = False
    fresh: float = Field(60.0, ge=0, le=300)
    """Seconds for which pages use what a service returned without asking it again; never for what names people."""

    contact: str = Field("", pattern=r"^([^@\s<>\"?&%]{1,64}@[A-Za-z0-9.-]{1,255})?$")
    """The mail address for whoever finds an error in a published record; pages of records have no link without it."""

    console_key: SecretStr | None = None
    """The secret of the console, of 32 random bytes: from it follow the key of its client and those of its cookies. The
    command `migrate` makes them known to access. Without it there is no console."""
    console_previous_key: SecretStr | None = None
    """The secret of before, while people are signed in whose cookies it sealed."""

    @property
    def console_secrets(self) -> list[bytes]:
        """The secrets of the console, the newest first."""
        given = (self.console_key, self.console_previous_key)
        return [each.get_secret_value().encode() for each in given if each and each.get_secret_value()]

    @model_validator(mode="after")
    def _refuse_weak_keys(self) -> Self:
        if self.console_previous_key and not self.console_key:
            raise ValueError("ESCM_PORTAL_CONSOLE_PREVIOUS_KEY needs ESCM_PORTAL_CONSOLE_KEY")
        for name in ("console_key", "console_previous_key"):
            secret = secret_of(getattr(self, name))
            if secret and self.is_guarded and (fault := weakness(secret)):
                raise ValueError(f"ESCM_PORTAL_{name.upper()} {fault}; {self.environment} refuses it")
        if self.console_key and self.is_guarded and (fault := issuer_fault(self.issuer)):
            raise ValueError(f"ESCM_ISSUER {fault}; {self.environment} refuses it for the console")
        return self

    @property
    def work_page(self) -> str:
        """Where records are worked on: the frontend of the settings, else the console; empty without either."""
        own = f"{self.origin}/console/{{service}}/{{resource}}/{{id}}" if self.console_secrets else ""
        return self.record_page or own

    @property
    def origin(self) -> str:
        """The address of the installation, to which paths are added."""
        return self.issuer.rstrip("/")

    @property
    def installation(self) -> Installation:
        """What each page says of the installation."""
        return Installation(self.origin, bool(self.console_secrets))


def origin_of(request: Request) -> str:
    """The address of the installation that serves the request."""
    return installation_of(request).origin


def installation_of(request: Request) -> Installation:
    """The installation that serves the request."""
    settings: PortalSettings = request.app.state.settings
    return settings.installation
