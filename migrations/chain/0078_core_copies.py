"""Dated copies of datasets of open data. Services write their own, and read all, since equal files are one."""

from migrations.rules import grant, role, run, setting

revision = "0078_core_copies"
down_revision = "0077_actions_report_ends"

_SERVICES = ("membership", "centres", "actions")
_READS = f"'public' = ANY({setting('visibilities')})"
_WRITES = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"


def upgrade() -> None:
    run(f"""
CREATE TABLE core_dataset_copy (
    service text NOT NULL CHECK (service IN ('membership', 'centres', 'actions')),
    name text NOT NULL,
    day date NOT NULL,
    file_format text NOT NULL CHECK (file_format IN ('csv', 'ndjson', 'xlsx', 'jsonld')),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{{64}}$'),
    size bigint NOT NULL CHECK (size >= 0),
    made_at timestamptz NOT NULL,
    PRIMARY KEY (service, name, day, file_format)
)
--;
CREATE INDEX core_dataset_copy_file_idx ON core_dataset_copy (sha256)
--;
CREATE INDEX core_dataset_copy_day_idx ON core_dataset_copy (service, day)
--;
ALTER TABLE core_dataset_copy ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE core_dataset_copy FORCE ROW LEVEL SECURITY
--;
CREATE POLICY core_dataset_copy_read ON core_dataset_copy FOR SELECT USING ({_READS})
""")
    for service in _SERVICES:
        policy, own = f"core_dataset_copy_{service}", f"service = '{service}' AND {_WRITES}"
        run(f"""
CREATE POLICY {policy}_insert ON core_dataset_copy FOR INSERT TO {role(service)} WITH CHECK ({own})
--;
CREATE POLICY {policy}_delete ON core_dataset_copy FOR DELETE TO {role(service)} USING ({own})
""")
    grant("core_dataset_copy", "SELECT, INSERT, DELETE", *_SERVICES)


def downgrade() -> None:
    run("DROP TABLE core_dataset_copy")
