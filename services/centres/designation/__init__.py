"""Centres, from the application to the end of their terms: stages, reviewers and reviews, tenures, agreements.

Directors apply and change, officers review, invited experts give their opinion, both sides sign agreements.
"""
