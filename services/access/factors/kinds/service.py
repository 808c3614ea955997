"""What factors need of the installation: how secrets are sealed, and which site passkeys are for."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from services.access.factors.kinds.passkeys import Passkeys
from services.access.settings import AccessSettings
from shared.configuration.sealing import Sealer, derived_key


@dataclass(frozen=True, slots=True)
class FactorService:
    """`site` is what an app and a browser call the installation."""

    sealer: Sealer
    passkeys: Passkeys
    site: str

    @classmethod
    def of(cls, settings: AccessSettings) -> "FactorService":
        """The service of an installation."""
        secret = settings.secret_key.get_secret_value().encode()
        origin = settings.passkey_origin or _origin(settings.issuer)
        domain = settings.passkey_domain or urlsplit(origin).hostname or ""
        site = f"ESCM ({urlsplit(settings.issuer).hostname})"
        passkeys = Passkeys(domain, origin, site, derived_key(secret, "escm challenges of passkeys"))
        return cls(Sealer(secret, "escm secrets of factors"), passkeys, site)

    def sealed(self, secret: str, factor: UUID) -> bytes:
        """The secret of an app, for the database."""
        return self.sealer.seal(secret.encode(), str(factor))

    def opened(self, sealed: bytes | None, factor: UUID) -> str | None:
        """The secret; None if the secret of the installation has changed."""
        content = None if sealed is None else self.sealer.open(sealed, str(factor))
        return None if content is None else content.decode()


def _origin(issuer: str) -> str:
    """The origin of the issuer. Browsers bind passkeys to names alone, so that of a loopback address is `localhost`."""
    parts = urlsplit(issuer)
    try:
        is_loopback = ip_address(parts.hostname or "").is_loopback
    except ValueError:
        is_loopback = False
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://localhost{port}" if is_loopback else f"{parts.scheme}://{parts.netloc}"
