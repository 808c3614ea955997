"""Proofs of keys (DPoP), each of which is used once over all processes, or per process while Valkey is away."""

from shared.auth.proofs import ONCE, ProofChecks
from shared.configuration.settings import Settings
from shared.ratelimit.limiter import RateLimiter


def proof_checks(settings: Settings, rate_limiter: RateLimiter) -> ProofChecks:
    """The checks of a process, for the addresses of its issuer."""
    secret = settings.secret_key.get_secret_value().encode()
    return ProofChecks(settings.issuer, secret, rate_limiter.once("proof", ONCE).use)
