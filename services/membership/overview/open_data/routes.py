"""Open data of membership over HTTP."""

from services.membership.overview.open_data.datasets import PUBLISHED
from shared.open_data.routes import open_data_routes

router = open_data_routes(PUBLISHED)
