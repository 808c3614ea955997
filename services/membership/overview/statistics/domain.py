"""What statistics count, and by which dimensions."""

TAGS = ("field", "planetary_boundary")
"""An expert has any number of these; a response is by one of them."""
SUPPORTS, INITIATIVE = "supports", "initiative"
"""Accepted supports, which are counted for every caller alike, and their filter: each is of one initiative."""
