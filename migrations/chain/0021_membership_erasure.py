"""Erasures of experts, what each service reports about one, and restrictions of processing. An erased expert counts as
before: the counts lose nobody but those who were merged."""

from migrations.following import follow_expert, unfollow_expert
from migrations.rules import country_scoped, grant, record_columns, reference_numbers, role, run

revision = "0021_membership_erasure"
down_revision = "0020_access_notifications"

_SERVICES = ("membership", "centres", "actions", "access")
_NOT_ERASED = " AND erased_at IS NULL"


def upgrade() -> None:
    run(f"""
ALTER TABLE member_expert ADD COLUMN restricted_at timestamptz, ADD COLUMN restricted_for text,
    ADD COLUMN visibility_before text
--;
ALTER TABLE core_import ADD COLUMN is_file_removed boolean NOT NULL DEFAULT false
--;
CREATE TABLE member_erasure ({record_columns("proposed|requested|held|running|done|cancelled")}
    expert_id uuid NOT NULL,
    account_id uuid,
    requested_by uuid[] NOT NULL,
    second_person uuid,
    was_restricted boolean NOT NULL,
    subjects uuid[] NOT NULL,
    due_at timestamptz,
    held_until date,
    done_at timestamptz,
    reports jsonb NOT NULL,
    review jsonb NOT NULL
)
--;
CREATE INDEX member_erasure_expert_idx ON member_erasure (expert_id)
--;
CREATE INDEX member_erasure_country_idx ON member_erasure (country, status, id)
--;
CREATE INDEX member_erasure_open_idx ON member_erasure (status, due_at)
    WHERE status IN ('requested', 'held', 'running')
--;
CREATE TABLE core_erasure_report (
    subject uuid NOT NULL,
    service text NOT NULL,
    rows jsonb NOT NULL,
    review jsonb NOT NULL,
    reported_at timestamptz NOT NULL,
    PRIMARY KEY (subject, service)
)
""")
    reference_numbers("member_erasure", "ERA", "membership")
    country_scoped("member_erasure", "membership", record="expert_id")
    grant("core_erasure_report", "SELECT, INSERT, UPDATE, DELETE", *_SERVICES)
    grant("core_idempotency", "DELETE", "membership")
    follow_expert("member_erasure")
    _count("")


def _count(condition: str) -> None:
    """The function of the triggers that count experts, with a further condition on those who count."""
    cell = "visibility, status, country, category"

    def changed(tags: str, *sources: tuple[str, str]) -> str:
        return " UNION ALL ".join(
            f"SELECT {cell}, {tags} AS tags, {n} AS n FROM {source} WHERE merged_into IS NULL{condition}"
            for source, n in sources
        )

    def append(*sources: tuple[str, str]) -> str:
        return "".join(
            f"""
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, tags, n)
        SELECT '{kind}', {cell}, tags, sum(n)
        FROM ({changed(tags, *sources)}) change
        GROUP BY {cell}, tags HAVING sum(n) <> 0;"""
            for kind, tags in (("expert", "fields"), ("expert_boundary", "planetary_boundaries"))
        )

    after, before = ("after", "1"), ("before", "-1")
    run(f"""
CREATE OR REPLACE FUNCTION member_expert_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN {append(after)}
    ELSIF TG_OP = 'DELETE' THEN {append(before)}
    ELSE {append(after, before)}
    END IF;
    RETURN NULL;
END
$$
""")


def downgrade() -> None:
    unfollow_expert("member_erasure")
    _count(_NOT_ERASED)
    run(f"""
REVOKE DELETE ON core_idempotency FROM {role("membership")}
--;
DROP TABLE core_erasure_report, member_erasure
--;
DROP SEQUENCE member_erasure_ref_seq
--;
ALTER TABLE member_expert DROP COLUMN restricted_at, DROP COLUMN restricted_for, DROP COLUMN visibility_before
--;
ALTER TABLE core_import DROP COLUMN is_file_removed
""")
