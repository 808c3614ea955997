"""Centres owns national committees and their seats, centres with their terms, reviews and agreements (tables
`centre_*`), and announces `centres.*`.

It listens to merged, unmerged and erased experts, merged and unmerged institutions, endorsements, and to its own
committees that end.
"""
