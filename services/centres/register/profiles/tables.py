"""Profiles of centres."""

from services.centres.register.profiles.record import Profile
from shared.records.columns import table_of

profile = table_of(Profile, "centre_profile")
