"""The terms of members: their days, and the one that an early renewal gives."""
