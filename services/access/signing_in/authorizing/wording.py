"""What the page of a consent says of a client and its scope."""

from services.access.principals.clients.domain import origin_of
from services.access.signing_in.authorizing.domain import OPENID, AuthorizationRequest
from services.access.signing_in.pages.templates import named

_VERBS = ("read", "write")


def consent_texts(request: AuthorizationRequest, language: str) -> dict[str, object]:
    """The client's name and origin, and what it may read and change."""
    words = [word.rpartition(":") for word in request.scope.split() if word != OPENID]
    listed = {verb: [named(resource, language) for resource, _, kind in words if kind == verb] for verb in _VERBS}
    return {
        "client": request.client.name,
        "origin": origin_of(request.redirect_uri),
        "reads": listed["read"],
        "writes": listed["write"],
        "identity": OPENID in request.scope.split(),
    }
