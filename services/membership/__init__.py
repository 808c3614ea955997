"""Membership owns experts, their affiliations and institutions (tables `member_*`), and announces `membership.*`.

It listens to nothing yet.
"""
