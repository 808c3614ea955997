"""A value of an expert is entered with whether its expert is available, instead of changed after its entry."""

from migrations.rules import run, searching

revision = "0145_membership_availability"
down_revision = "0144_actions_waiting_steps"

_FUNCTION = "member_expert_value_availability()"
_IS_AVAILABLE = (
    "(e.status = 'active' AND e.available_for_support AND e.merged_into IS NULL"
    " AND e.erased_at IS NULL AND e.restricted_at IS NULL)"
)


def upgrade() -> None:
    """The change joined the values that a statement had entered with their table. Many values at once could be planned
    as a nested loop over both."""
    _replace(
        f"""
    NEW.is_available := EXISTS (SELECT FROM member_expert e WHERE e.id = NEW.expert_id AND {_IS_AVAILABLE});
    RETURN NEW;""",
        "BEFORE INSERT ON member_expert_value FOR EACH ROW",
    )


def downgrade() -> None:
    _replace(
        f"""
    UPDATE member_expert_value v SET is_available = true
    FROM added a JOIN member_expert e ON e.id = a.expert_id
    WHERE {_IS_AVAILABLE} AND v.expert_id = a.expert_id AND v.kind = a.kind AND v.value = a.value;
    RETURN NULL;""",
        "AFTER INSERT ON member_expert_value REFERENCING NEW TABLE AS added FOR EACH STATEMENT",
    )


def _replace(body: str, when: str) -> None:
    run(f"""
DROP TRIGGER member_expert_value_availability ON member_expert_value
--;
DROP FUNCTION {_FUNCTION}
--;
CREATE FUNCTION {_FUNCTION} RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = escm, pg_temp AS $$
BEGIN{body}
END
$$
--;
CREATE TRIGGER member_expert_value_availability {when} EXECUTE FUNCTION {_FUNCTION}
""")
    searching(_FUNCTION, "membership")
