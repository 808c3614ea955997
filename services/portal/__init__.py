"""The front page, the developers' page, the merged API description, and a page for every problem.

Owns no table, announces nothing, listens to nothing, and needs no database.
"""
