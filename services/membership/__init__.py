"""Membership owns experts, their affiliations, institutions and their merges (tables `member_*`), and announces
`membership.*`.

It listens to its own merged and linked institutions.
"""
