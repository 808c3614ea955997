"""The relations with national governments: their bodies, letters and meetings, and what they endorse.

Focal points and officers of a country enter them. A programme needs an endorsement that somebody independent of the
government's claim has verified; letters and meetings lead to tasks.
"""
