"""Published reports of programmes as PDF."""
