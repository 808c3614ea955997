"""Settings of the centres service: environment variables `ESCM_CENTRES_*`."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.configuration.settings import Settings


class CentresSettings(Settings):
    """Settings of the centres processes. `recognition_*`: what a committee needs before it may request recognition."""

    model_config = SettingsConfigDict(env_prefix="ESCM_CENTRES_")
    service: ClassVar[str] = "centres"

    recognition_seats: int = Field(3, ge=0, le=1000)
    recognition_institutions: int = Field(1, ge=0, le=1000)
