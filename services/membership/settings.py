"""Settings of the membership service: environment variables `ESCM_MEMBERSHIP_*`."""

from typing import ClassVar

from pydantic_settings import SettingsConfigDict

from shared.configuration.settings import Settings


class MembershipSettings(Settings):
    """Settings of the membership processes."""

    model_config = SettingsConfigDict(env_prefix="ESCM_MEMBERSHIP_")
    service: ClassVar[str] = "membership"
