"""How a reader without an account reports an error in a published record: by a form, or by mail to the office."""

from collections.abc import Mapping
from urllib.parse import quote

from services.portal.settings import PortalSettings

REPORTED: Mapping[str, str] = {
    "countries": "/actions/v1/countries",
    "experts": "/membership/v1/experts",
    "institutions": "/membership/v1/institutions",
    "centres": "/centres/v1/centres",
}
"""The lists of the API whose records have a country, whose office works on reports."""


def report_page(language: str, plural: str, ref: str) -> str | None:
    """The address of the form about a record; None for records without a country."""
    return f"/{language}/{plural}/{quote(ref, safe='')}/error" if plural in REPORTED else None


def report_address(settings: PortalSettings, name: str, place: str) -> str | None:
    """The `mailto:` address with the record's name and page, which the office needs; None where no address is set."""
    if not settings.contact:
        return None
    return f"mailto:{quote(settings.contact, safe='@')}?subject={quote(name, safe='')}&body={quote(place, safe='')}"
