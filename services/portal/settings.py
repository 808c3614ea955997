"""Settings of the portal: environment variables `ESCM_PORTAL_*`."""

from typing import ClassVar

from fastapi import Request
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.configuration.settings import Settings


class PortalSettings(Settings):
    """Settings of the portal's process."""

    model_config = SettingsConfigDict(env_prefix="ESCM_PORTAL_", extra="ignore", populate_by_name=True)
    service: ClassVar[str] = "portal"
    has_secrets: ClassVar[bool] = False
    fresh: float = Field(60.0, ge=0, le=300)
    """Seconds for which pages use what a service returned without asking it again; never for what names people."""

    contact: str = Field("", pattern=r"^([^@\s<>\"?&%]{1,64}@[A-Za-z0-9.-]{1,255})?$")
    """The mail address for whoever finds an error in a published record; pages of records have no link without it."""

    @property
    def origin(self) -> str:
        """The address of the installation, to which paths are added."""
        return self.issuer.rstrip("/")


def origin_of(request: Request) -> str:
    """The address of the installation that serves the request."""
    settings: PortalSettings = request.app.state.settings
    return settings.origin
