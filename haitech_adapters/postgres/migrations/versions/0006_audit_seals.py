"""Seals over the audit log."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    op.drop_table("audit_head")
    op.drop_table("audit_seals")
    op.get_bind().exec_driver_sql(DOWN)


DOWN = """
CREATE OR REPLACE FUNCTION audit_log_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of audit_log are never changed or removed'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
DROP INDEX uq_audit_log_position;
DROP INDEX ix_audit_log_created_at;
DROP INDEX ix_audit_log_actor_id;
DROP INDEX ix_audit_log_action;
DROP INDEX ix_audit_log_entity;
DROP INDEX ix_audit_log_entity_id;
ALTER TABLE audit_log DROP CONSTRAINT pk_audit_log, DROP COLUMN id, DROP COLUMN mac;
ALTER TABLE audit_log RENAME COLUMN created_at TO at;
ALTER TABLE audit_log RENAME COLUMN position TO id;
ALTER SEQUENCE audit_log_position_seq RENAME TO audit_log_id_seq;
ALTER TABLE audit_log ADD CONSTRAINT pk_audit_log PRIMARY KEY (id);
CREATE INDEX ix_audit_log_actor_id ON audit_log (actor_id, id);
CREATE INDEX ix_audit_log_at ON audit_log (at);
CREATE INDEX ix_audit_log_entity ON audit_log (entity, entity_id, id);
"""
