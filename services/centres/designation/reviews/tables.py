"""Reviews of applications."""

from services.centres.designation.reviews.record import Review
from shared.records.columns import table_of

review = table_of(Review, "centre_review")
