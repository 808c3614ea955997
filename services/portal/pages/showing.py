"""A page with what it shows, as a response."""

from datetime import datetime
from typing import Any

from fastapi import Request, Response

from services.portal.pages import templates
from shared.pages.policy import HTML, PARTIAL
from shared.web.edge.fixed import tagged_response


def page_response(
    request: Request, template: str, language: str, as_of_copy: datetime | None, headers: dict[str, str], **values: Any
) -> Response:
    """A page of public data. With `as_of_copy` it says since when it may lack changes, since a service is away, and is
    cached briefly."""
    shown = {**request.app.state.settings.installation._asdict(), **values}
    body = templates.page(template, language, as_of_copy=as_of_copy, **shown)
    return tagged_response(request, body, HTML, {**headers, **PARTIAL} if as_of_copy else headers)
