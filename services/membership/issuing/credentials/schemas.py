"""What goes over HTTP for keys, for the contract."""

from typing import Annotated

from pydantic import ConfigDict, Field

from shared.web.contract.fields import ResponseModel

_KEY = "did:web:escm.example.org#NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
_DID = "did:web:escm.example.org"


class CredentialKey(ResponseModel):
    """The public half of an RSA key (RFC 7517)."""

    kty: Annotated[str, Field(examples=["RSA"]), "Always `RSA`."]
    kid: Annotated[str, Field(examples=[_KEY]), "The name of the key, as in the header of credentials."]
    alg: Annotated[str, Field(examples=["RS256"]), "Always `RS256`."]
    use: Annotated[str, Field(examples=["sig"]), "Always `sig`."]
    n: Annotated[str, Field(examples=["0vx7agoebGcQ"]), "The modulus."]
    e: Annotated[str, Field(examples=["AQAB"]), "The exponent."]


class CredentialKeySet(ResponseModel):
    """A set of keys (RFC 7517, 5)."""

    keys: Annotated[list[CredentialKey], "Every key whose credentials may be valid; first the one that signs."]


class VerificationMethod(ResponseModel):
    """A key of a DID document."""

    id: Annotated[str, Field(examples=[_KEY]), "The name of the key."]
    type: Annotated[str, Field(examples=["JsonWebKey"]), "Always `JsonWebKey`."]
    controller: Annotated[str, Field(examples=[_DID]), "The identifier of the document."]
    publicKeyJwk: Annotated[CredentialKey, "The key."]  # noqa: N815


class DidDocument(ResponseModel):
    """A DID document (W3C Decentralized Identifiers)."""

    model_config = ConfigDict(populate_by_name=True)
    context: Annotated[
        list[str], Field(alias="@context", examples=[["https://www.w3.org/ns/did/v1"]]), "The JSON-LD contexts."
    ]
    id: Annotated[str, Field(examples=[_DID]), "The identifier of this installation."]
    verificationMethod: Annotated[  # noqa: N815
        list[VerificationMethod], "Every key whose credentials may be valid; first the one that signs."
    ]
    assertionMethod: Annotated[list[str], Field(examples=[[_KEY]]), "The names of these keys."]  # noqa: N815
