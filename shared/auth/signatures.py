"""Tokens that others sign: their form, their key and their signature, before anything of them is believed."""

from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from shared.auth.keys import InvalidToken, decoded, read_header, read_object

JsonWebKey = Mapping[str, Any]
ALGORITHMS = ("ES256", "EdDSA", "PS256", "RS256")
"""How others may sign."""
LONGEST = 16 << 10
"""Characters of the longest token of others."""
_MEMBERS = frozenset(("alg", "typ", "kid", "x5t", "x5t#S256"))
_FAMILIES = {"ES256": ("EC", "P-256"), "EdDSA": ("OKP", "Ed25519"), "PS256": ("RSA", None), "RS256": ("RSA", None)}
_SMALLEST_RSA = 2048
_LONGEST_TEXT = 255


def key_named(token: str) -> str | None:
    """The `kid` of a token, before its signature is verified. Raises InvalidToken."""
    kid = _header(token).get("kid")
    if kid is not None and not isinstance(kid, str):
        raise InvalidToken
    return kid


def signed_claims(token: str, keys: Sequence[JsonWebKey], types: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    """The claims of a token of one of these types that one of the keys signed, and its algorithm. Raises
    InvalidToken."""
    header = _header(token)
    algorithm = str(header["alg"])
    if str(header.get("typ", "")).lower().removeprefix("application/") not in types:
        raise InvalidToken
    fitting = [key for key in keys if _fits(key, algorithm, header.get("kid"))]
    if len(fitting) != 1:
        raise InvalidToken
    try:
        payload = _verified(token, fitting[0], algorithm)
    except (JoseError, InvalidSignature, ValueError, TypeError, KeyError) as error:
        raise InvalidToken from error
    return read_object(payload), algorithm


def read_text(claims: Mapping[str, Any], name: str) -> str | None:
    """A claim of printable characters; None if it is absent. Raises InvalidToken for anything else."""
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_TEXT or not value.isprintable():
        raise InvalidToken
    return value


def read_texts(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The first ten texts of a claim that is a list; none if it is something else."""
    value = claims.get(name)
    return tuple(one for one in value if isinstance(one, str))[:10] if isinstance(value, list) else ()


def _header(token: str) -> dict[str, Any]:
    header = read_header(token, LONGEST, _MEMBERS)
    if header.get("alg") not in ALGORITHMS:
        raise InvalidToken
    return header


def _fits(key: JsonWebKey, algorithm: str, kid: object) -> bool:
    kind, curve = _FAMILIES[algorithm]
    is_of_kind = key.get("kty") == kind and (curve is None or key.get("crv") == curve)
    return is_of_kind and key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm and (
        kid is None or key.get("kid") == kid
    )  # fmt: skip


def _verified(token: str, key: JsonWebKey, algorithm: str) -> bytes:
    """The payload. Raises an error of the libraries for another signature, and ValueError for a short key."""
    if algorithm == "EdDSA":
        signed, _, signature = token.rpartition(".")
        Ed25519PublicKey.from_public_bytes(decoded(str(key["x"]))).verify(decoded(signature), signed.encode())
        return decoded(signed.partition(".")[2])
    if key["kty"] == "EC":
        imported: ECKey | RSAKey = ECKey.import_key({name: str(key[name]) for name in ("kty", "crv", "x", "y")})
    else:
        if int.from_bytes(decoded(str(key["n"]))).bit_length() < _SMALLEST_RSA:
            raise ValueError("the key is too short")
        imported = RSAKey.import_key({name: str(key[name]) for name in ("kty", "n", "e")})
    return jws.deserialize_compact(token, imported, [algorithm]).payload or b""
