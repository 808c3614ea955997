"""Settings of the actions service: environment variables `ESCM_ACTIONS_*`."""

from typing import ClassVar

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from shared.configuration.settings import Settings

PUBLISHING = "publishing"
"""The worker that reads manuscripts and builds editions: who orders such a job names it instead of `actions`."""


class ActionsSettings(Settings):
    """Settings of the actions processes."""

    model_config = SettingsConfigDict(env_prefix="ESCM_ACTIONS_")
    service: ClassVar[str] = "actions"
    sends_mail: ClassVar[bool] = True
    evidence_mebibytes: int = Field(100, ge=1, le=1024)
    """Maximum MiB of a file of evidence. The bound of the edge must not be lower."""
    scanner: str = Field("", pattern=r"^(tcp:[^\s:]+:\d{1,5}|unix:/\S+)?$")
    """The clamd that scans evidence for viruses, `tcp:host:port` or `unix:/path`; without one nothing is scanned."""
    iati_ref: str = Field("", pattern=r"^([A-Za-z0-9.:_-]{3,80})?$")
    """Identifier of the organisation that reports activities by the IATI Standard; without one there are none."""
    iati_name: str = Field("ESCM Plan", min_length=1, max_length=200)
    """Name of that organisation."""
    iati_kind: str = Field("40", pattern=r"^\d{2}$")
    """Its code of IATI's codelist OrganisationType: 40 multilateral, 22 national non-governmental, and others."""
    scan_required: bool = False
    """Whether the service refuses to start without a scanner."""
    support_accept_days: int = Field(10, ge=1, le=365)
    """How many days the secretariat has to accept a request for support."""
    support_offer_days: int = Field(20, ge=1, le=365)
    """How many days it has from then to ask a first expert."""
    support_confirm_days: int = Field(15, ge=1, le=365)
    """How many days the country has to confirm an offer, and what was delivered."""

    @model_validator(mode="after")
    def _require_scanner(self) -> "ActionsSettings":
        if self.scan_required and not self.scanner:
            raise ValueError("ESCM_ACTIONS_SCANNER is not set, which ESCM_ACTIONS_SCAN_REQUIRED demands")
        return self
