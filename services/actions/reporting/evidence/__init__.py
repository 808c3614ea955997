"""Files of evidence: receiving, reading, replacing and removing them."""
