"""What the token endpoints need."""

from dataclasses import dataclass

from services.access.principals.accounts.passwords import PasswordChecks
from services.access.principals.tokens.signing import SigningKeys
from services.access.settings import AccessSettings
from shared.auth.tokens import Authenticator
from shared.configuration.sealing import derived_key
from shared.database.pool import Database
from shared.ratelimit.limiter import RateLimiter

TOKEN_PATH = "/access/v1/oauth/token"  # noqa: S105


@dataclass(frozen=True)
class TokenService:
    """The dependencies of the token endpoints. `inspector` reads the database every time."""

    database: Database
    settings: AccessSettings
    keys: SigningKeys
    passwords: PasswordChecks
    rate_limiter: RateLimiter
    inspector: Authenticator
    refresh_secret: bytes

    @classmethod
    def make(cls, database: Database, settings: AccessSettings, rate_limiter: RateLimiter) -> "TokenService":
        """The service of a process. It does not close the database and the rate limiter."""
        return cls(
            database,
            settings,
            SigningKeys(database, settings),
            PasswordChecks(),
            rate_limiter,
            Authenticator(database, settings, age=0.0, bound=1),
            derived_key(settings.secret_key.get_secret_value().encode(), "escm refresh tokens"),
        )

    @property
    def audiences(self) -> tuple[str, ...]:
        """The audiences that an assertion may name."""
        issuer = self.settings.issuer.rstrip("/")
        return (self.settings.issuer, f"{issuer}{TOKEN_PATH}")
