"""One Alembic history for the one schema. File names in `versions/` are a number, the owner and a subject."""
