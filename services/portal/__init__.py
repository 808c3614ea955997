"""The front page, the register as pages, the developers' page, the merged API description, and a page per problem.

The portal has no table and no database, announces no facts and consumes none: it reads its data from the API.
"""
