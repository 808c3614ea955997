"""The front page, the register as pages, the developers' page, the merged API description, and a page per problem.

Owns no table, announces nothing, listens to nothing, and needs no database: what it shows it reads from the API.
"""
