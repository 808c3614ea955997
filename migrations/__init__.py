"""One Alembic history for the one schema.

A new database begins with `baseline/`, the schema of release 0.1.0, and follows `versions/`. `chain/` has the frozen
migrations before it, for databases and backups of then. File names in both are a number, the owner and a subject.
"""
