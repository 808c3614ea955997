"""Versions of contributions, and manuscripts that wait to be read."""

from sqlalchemy import Column, Integer, LargeBinary, Text, Uuid

from shared.database.tables import document, instant, table, text

version = table(
    "action_version",
    Column("id", Uuid, primary_key=True),
    Column("contribution_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    text("language"),
    Column("translates", Integer, nullable=True),
    text("sha256"),
    Column("words", Integer, nullable=False),
    document("blocks"),
    document("content"),
    document("cited"),
    document("warnings"),
    text("note", nullable=True),
    instant("created_at"),
    text("created_by"),
    document("images"),
)
"""What was read of a manuscript. Nothing changes a row. `content` is pandoc's document without what is not printed,
`cited` are the references, `translates` is the number of the version of which it is a translation, `images` are those
of `content` with their blocks, files and texts."""
image = table(
    "action_version_image",
    Column("contribution_id", Uuid, primary_key=True),
    Column("name", Text, primary_key=True),
    text("media_type"),
    Column("content", LargeBinary, nullable=False),
)
"""The files of the images of versions. Nothing changes a row."""
erratum = table(
    "action_erratum",
    Column("id", Uuid, primary_key=True),
    Column("edition_id", Uuid, nullable=False),
    Column("contribution_id", Uuid, nullable=False),
    Column("issue", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("replaces", Integer, nullable=False),
    text("severity"),
    document("texts"),
    instant("published_at"),
    text("created_by"),
)
"""What an erratum published beside the version that it `replaces`, as which issue of the edition. Nothing changes a
row."""
manuscript = table(
    "action_manuscript",
    Column("id", Uuid, primary_key=True),
    Column("contribution_id", Uuid, nullable=False),
    text("media_type"),
    Column("content", LargeBinary, nullable=False),
    text("language"),
    Column("translates", Integer, nullable=True),
    document("cited"),
    text("note", nullable=True),
    text("created_by"),
    instant("created_at"),
)
"""What somebody sent, until it is read: nothing else is kept of it, such as properties of a DOCX."""
