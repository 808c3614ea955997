"""Centres, and their terms."""

from services.centres.centres.record import Centre, Term
from shared.records.columns import table_of

centre = table_of(Centre, "centre_centre")
term = table_of(Term, "centre_term")
