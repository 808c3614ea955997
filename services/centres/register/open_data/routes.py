"""Open data of centres over HTTP."""

from services.centres.register.open_data.datasets import PUBLISHED
from shared.open_data.routes import open_data_routes

router = open_data_routes(PUBLISHED)
