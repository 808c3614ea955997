"""The keys that sign credentials."""

from sqlalchemy import Column, LargeBinary, Text

from shared.database.tables import document, instant, table

credential_key = table(
    "member_credential_key",
    Column("kid", Text, primary_key=True),
    document("public"),
    Column("private", LargeBinary),
    instant("created_at"),
    instant("signs_from"),
    instant("signs_until"),
)
"""`kid` is the thumbprint (RFC 7638). `private` is encrypted, and null once the key no longer signs."""
