"""Settings of the portal: environment variables `ESCM_PORTAL_*`."""

from typing import ClassVar

from pydantic_settings import SettingsConfigDict

from shared.configuration.settings import Settings


class PortalSettings(Settings):
    """Settings of the portal's process."""

    model_config = SettingsConfigDict(env_prefix="ESCM_PORTAL_", extra="ignore", populate_by_name=True)
    service: ClassVar[str] = "portal"
    has_secrets: ClassVar[bool] = False
