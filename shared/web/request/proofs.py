"""Proofs of keys (DPoP), each of which is used once over all processes, or per process while Valkey is away."""

from shared.auth.proofs import ONCE, ProofChecks
from shared.configuration.settings import Settings
from shared.ratelimit.limiter import Limit, RateLimiter

_PROOF = Limit("proof", 1, ONCE)


def proof_checks(settings: Settings, rate_limiter: RateLimiter) -> ProofChecks:
    """The checks of a process, for the addresses of its issuer."""

    async def use_once(digest: str) -> bool:
        return await rate_limiter.hit(_PROOF, digest)

    return ProofChecks(settings.issuer, settings.secret_key.get_secret_value().encode(), use_once)
