"""Settings of the actions service: environment variables `ESCM_ACTIONS_*`."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.configuration.settings import Settings


class ActionsSettings(Settings):
    """Settings of the actions processes."""

    model_config = SettingsConfigDict(env_prefix="ESCM_ACTIONS_")
    service: ClassVar[str] = "actions"
    evidence_mebibytes: int = Field(100, ge=1, le=1024)
    """Maximum MiB of a file of evidence."""
