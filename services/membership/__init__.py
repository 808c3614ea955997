"""Membership owns experts, their affiliations, institutions and their merges (tables `member_*`). It announces
`membership.*`.

It consumes facts about its own merged and linked institutions.
"""
