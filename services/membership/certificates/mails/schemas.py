"""What goes over HTTP for mails with certificates."""

from typing import Annotated

from shared.web.contract.fields import Body, Email, ResponseModel


class CertificateMailBody(Body):
    """The address of somebody who looks for their certificates."""

    email: Annotated[Email, "The address that the person has verified."]


class CertificateMailed(ResponseModel):
    """Nothing: the response is the same for every address."""
