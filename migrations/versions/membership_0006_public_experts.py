"""The public register by every order of its list, and experts by e-mail address.

A list of what everybody may see does not walk past the rows that they may not, of which an import brings a million.
"""

from migrations.rules import run, searching

revision = "membership_0006"
down_revision = "membership_0005"

_ORDERS = {
    "id": "id",
    "name": "sort_name, id",
    "created": "created_at, id",
    "updated": "updated_at, id",
    "country": "country, status, id",
    "country_name": "country, sort_name, id",
}


def upgrade() -> None:
    """Array operators are not leakproof, so under a policy an address could not be looked up in its index: the function
    reads beside it, and tells ids only, which the policy then admits or not."""
    for name, order in _ORDERS.items():
        run(f"""
CREATE INDEX member_expert_public_{name}_idx ON member_expert ({order})
WHERE visibility = 'public' AND status IN ('active', 'grace') AND merged_into IS NULL AND erased_at IS NULL
""")
    run("""
CREATE FUNCTION member_expert_with_email(address text) RETURNS SETOF uuid
LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    SELECT id FROM member_expert WHERE email_keys @> ARRAY[address]
$$
""")
    searching("member_expert_with_email(text)", "membership")


def downgrade() -> None:
    run("DROP FUNCTION member_expert_with_email(text)")
    for name in _ORDERS:
        run(f"DROP INDEX member_expert_public_{name}_idx")
