"""Centres owns national committees and their seats; centres with their terms, reviews, agreements, reports, profiles
and partnerships; and networks of centres (tables `centre_*`). It announces `centres.*`.

It consumes facts about merged, unmerged and erased experts, institutions that change, end or are merged, endorsements,
and its own committees that end.
"""
