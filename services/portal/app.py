"""The HTTP application of the portal. It serves the root of the origin to everybody."""

from services.portal.catalogue.routes import router as catalogue
from services.portal.console.routers import CONSOLE
from services.portal.console.session.guards import console_session
from services.portal.contact.routes import router as contact
from services.portal.discovery.routes import router as discovery
from services.portal.guides.routes import router as guides
from services.portal.overview.routes import front, numbers
from services.portal.pages.about import router as about
from services.portal.pages.routes import router as pages
from services.portal.reading.copies import copies
from services.portal.reading.kept import kept_pages
from services.portal.records.routes import router as records
from services.portal.reference.routes import router as reference
from services.portal.reference.whole import merged_document
from services.portal.register.error_routes import router as errors
from services.portal.register.routes import router as register
from services.portal.reports.fragments import edition_pages
from services.portal.reports.routes import router as reports
from services.portal.sdk.routes import router as sdk
from services.portal.search.routes import router as search
from services.portal.settings import PortalSettings
from services.portal.verification.routes import router as verification
from shared.pages.failures import readable
from shared.reading.api import public_api
from shared.web.edge.app import Application
from shared.web.edge.app import create_app as make_app

_ROUTERS = (
    *(front, numbers, discovery, reference, pages, guides, contact, about),
    *(catalogue, search, register, errors, reports, records, verification, sdk),
    *CONSOLE,
)


def create_app(settings: PortalSettings | None = None) -> Application:
    """The app. The settings default to those of the environment."""
    return make_app(
        "portal",
        settings or PortalSettings(),
        list(_ROUTERS),
        title="ESCM portal",
        description="Pages for people and developers.",
        tags={
            "problems": "What each code of a failure means.",
            "search": "Public records and guides by their names.",
            "catalogue": "What data everybody may read, for other catalogues.",
        },
        has_database=False,
        prefix="",
        document=lambda _app: merged_document(),
        holding=(public_api, copies, kept_pages, edition_pages, console_session),
        respond=readable,
    )
