"""The views of messages for notifications, without internal messages; proposals to second persons notify one by one.
An index finds the experts that wait for an account, as the work list asks for them."""

from migrations.rules import grant, index_beside_writers, run

revision = "0025_access_messages"
down_revision = "0024_core_work"

_VIEWS = ("member_published_message", "centre_published_message")
_TAKER = "CASE WHEN status IN ('invited', 'info_requested') THEN account_id ELSE assignee END"
_ONCE = "access_notification_account_id_record_id_event_day_key"


def upgrade() -> None:
    run("""
CREATE VIEW member_published_message AS
    SELECT m.id, m.ref, m.version, m.status, m.country, m.visibility, m.expert_id, e.account_id, e.assignee
    FROM member_message m JOIN member_expert e ON e.id = m.expert_id
    WHERE m.audience = 'file'
--;
CREATE VIEW centre_published_message AS
    SELECT id, ref, version, status, country, visibility, centre_id FROM centre_message WHERE audience = 'file'
""")
    for view in _VIEWS:
        grant(view, "SELECT", "access")
    _once_for("account_id, record_id, event, day, link")
    index_beside_writers(
        "member_expert_step_idx",
        f"member_expert (({_TAKER})) WHERE status IN ('invited', 'info_requested', 'applied', 'under_review')"
        f" AND {_TAKER} IS NOT NULL",
    )


def downgrade() -> None:
    run("DROP INDEX member_expert_step_idx")
    _once_for("account_id, record_id, event, day")
    run(f"DROP VIEW {', '.join(_VIEWS)}")


def _once_for(columns: str) -> None:
    run(f"ALTER TABLE access_notification DROP CONSTRAINT {_ONCE}, ADD CONSTRAINT {_ONCE} UNIQUE ({columns})")
