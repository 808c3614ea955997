"""Claiming one's own record with a mailed link."""
