"""Partnerships of centres."""

from services.centres.network.partnerships.record import Partnership
from shared.records.columns import table_of

partnership = table_of(Partnership, "centre_partnership")
