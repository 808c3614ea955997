"""Builds and their files."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from shared.database.tables import document, instant, table, text

build = table(
    "action_build",
    Column("id", Uuid, primary_key=True),
    Column("edition_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    text("kind"),
    text("status"),
    Column("languages", ARRAY(Text), nullable=False),
    text("state", nullable=True),
    document("warnings"),
    text("problem", nullable=True),
    text("release", nullable=True),
    instant("created_at"),
    text("created_by"),
    instant("finished_at", nullable=True),
    Column("issue", Integer, nullable=False),
    Column("retracted", Boolean, nullable=False),
)
"""A build of an issue of an edition. `retracted`: its files say that the edition is.
`state` is the digest of what it was made of, once the worker has begun it."""
build_file = table(
    "action_build_file",
    Column("build_id", Uuid, primary_key=True),
    Column("name", Text, primary_key=True),
    text("language", nullable=True),
    text("media_type"),
    text("sha256"),
    Column("size", BigInteger, nullable=False),
    Column("contribution", Integer, nullable=True),
)
"""A file of a build; it is entered when it stands in the store. `contribution` is the number of the one that it has."""
build_part = table(
    "action_build_part",
    Column("edition_id", Uuid, primary_key=True),
    Column("digest", Text, primary_key=True),
    text("sha256"),
    Column("size", BigInteger, nullable=False),
    instant("used_at"),
)
"""What was made once of inputs with this `digest`, as the file `sha256` of the store."""
