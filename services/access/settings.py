"""What the service access is told beside the common settings."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.configuration.settings import Settings


class AccessSettings(Settings):
    """Limits are per minute; signing keys live in days."""

    model_config = SettingsConfigDict(env_prefix="ESCM_ACCESS_", extra="ignore", populate_by_name=True)
    service: ClassVar[str] = "access"

    token_requests: int = Field(600, ge=1, le=1_000_000)
    """Token requests of one client."""
    signing_key_days: int = Field(30, ge=1, le=365)
