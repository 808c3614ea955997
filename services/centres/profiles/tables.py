"""Profiles of centres."""

from services.centres.profiles.record import Profile
from shared.records.columns import table_of

profile = table_of(Profile, "centre_profile")
