"""How a reader without an account reports an error in a published record: by mail to the office."""

from urllib.parse import quote

from services.portal.settings import PortalSettings


def report_address(settings: PortalSettings, name: str, place: str) -> str | None:
    """The `mailto:` address with the record's name and page, which the office needs; None where no address is set."""
    if not settings.contact:
        return None
    return f"mailto:{quote(settings.contact, safe='@')}?subject={quote(name, safe='')}&body={quote(place, safe='')}"
