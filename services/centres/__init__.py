"""Centres owns national committees and their seats, centres with their terms, reviews and agreements (tables
`centre_*`). It announces `centres.*`.

It consumes facts about merged, unmerged and erased experts, changed and merged institutions, endorsements, and its own
committees that end.
"""
