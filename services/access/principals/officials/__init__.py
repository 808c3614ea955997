"""What the focal points of a country made, when the last one ends."""
