"""One Alembic history for the one schema. The owner's name starts each file name in `versions/`."""
