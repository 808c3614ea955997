"""What goes over HTTP for linking an ORCID iD."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.web.contract.fields import Body, OneLine, ResponseModel


class OrcidSignIn(ResponseModel):
    """Where the person signs in to ORCID."""

    authorize_url: Annotated[
        str,
        Field(examples=["https://orcid.org/oauth/authorize?client_id=APP-1&response_type=code"]),
        "The page of ORCID. It leads back to the page of the settings, with `code` and `state` in the query.",
    ]


class OrcidLinkBody(Body):
    """What ORCID added to the address of the page that it led back to."""

    code: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=200), OneLine],
        Field(examples=["Q70Y3A"]),
        "The code.",
    ]
    state: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=100), OneLine],
        Field(examples=["8wGvJc2k"]),
        "The state, which is bound to the account for ten minutes.",
    ]
