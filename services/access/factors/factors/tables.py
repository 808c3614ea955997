"""Second factors, and what proves them."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from services.access.factors.factors.record import Factor
from shared.database.tables import instant, table
from shared.records.columns import table_of

factor = table_of(Factor, "access_factor")

secret = table(
    "access_factor_secret",
    Column("factor_id", Uuid, primary_key=True),
    Column("account_id", Uuid, nullable=False),
    Column("sealed", LargeBinary),
    Column("codes", ARRAY(LargeBinary), nullable=False),
    Column("credential", LargeBinary),
    Column("public_key", LargeBinary),
    Column("counter", BigInteger, nullable=False),
    Column("last_step", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locks", Integer, nullable=False),
    instant("used_at", nullable=True),
)
"""`sealed` is the secret of an app, `codes` the SHA-256 of recovery codes that are left, `credential`, `public_key` and
`counter` are those of a passkey. `last_step` is the last used step of an app, `failures` are wrong codes since the last
right one, `locks` how often they locked the factor."""
