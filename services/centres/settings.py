"""Settings of the centres service: environment variables `ESCM_CENTRES_*`."""

from typing import ClassVar

from pydantic import BaseModel, Field
from pydantic_settings import SettingsConfigDict

from shared.configuration.settings import Settings


class StageTargets(BaseModel, frozen=True, extra="forbid"):
    """The days that the stages of a file allow; for an agreement from when only the secretariat is awaited."""

    submitted: int = Field(30, ge=1, le=3650)
    under_review: int = Field(60, ge=1, le=3650)
    awaiting_agreement: int = Field(30, ge=1, le=3650)
    renewal_review: int = Field(60, ge=1, le=3650)


class CentresSettings(Settings):
    """Settings of the centres processes."""

    model_config = SettingsConfigDict(env_prefix="ESCM_CENTRES_")
    service: ClassVar[str] = "centres"

    recognition_seats: int = Field(3, ge=0, le=1000)
    """Occupied seats that a committee needs before it may request recognition."""
    recognition_institutions: int = Field(1, ge=0, le=1000)
    """Partner institutions that it needs."""
    targets: StageTargets = StageTargets()
    """Days that the stages of an application allow, as a JSON object such as `{"submitted": 20}`."""
