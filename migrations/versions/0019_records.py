"""What people own: downloads, corrections, choices, and removing what is past its time."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

DOORS = Path(__file__).parent.parent / "sql" / "records_doors.sql"
#: Columns whose words may go, by table: nothing else of these rows ever changes.
_WORDS = {
    "audit_entry": "sentence, why, details, actor_name, removed_in, removed_digest",
    "ledger_transfer": "memo, actor_name",
    "purchase_decision": "findings, facts",
}
#: The same for tables that only need to know whose they are.
_PERSON_WORDS = {
    "capacity_record": ("decision", "assessed_by", "why", "said", "by_name"),
    "nominee_choice": ("how", "by_name"),
}


def upgrade() -> None:
    op.add_column("person", sa.Column("called", sa.String(length=80), server_default="", nullable=False))
    op.add_column("person", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("audit_entry", sa.Column("removed_in", sa.Uuid(), nullable=True))
    op.add_column("audit_entry", sa.Column("removed_digest", sa.String(length=64), nullable=True))
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("choice", sa.String(length=24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("chosen_by", sa.Uuid(), nullable=False),
        sa.Column("chosen_by_name", sa.String(length=120), nullable=False),
        sa.Column("chosen_as", sa.String(length=24), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_consent_commissioner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id")),
        sa.ForeignKeyConstraint(["chosen_by"], ["account.id"], name=op.f("fk_consent_chosen_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_person", "consent", ["person_id", "choice", "id"])
    op.create_table(
        "download",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stored_name", sa.String(length=80), nullable=True),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("counts", JSONB(), nullable=False),
        sa.CheckConstraint("(state = 'ready') = (stored_name IS NOT NULL)", name=op.f("ck_download_file")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_download_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_download_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_download")),
        sa.UniqueConstraint("ref", name=op.f("uq_download_ref")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_download_stored_name")),
    )
    op.create_index("ix_download_account", "download", ["account_id", "id"])
    op.create_index("ix_download_person", "download", ["person_id"])
    op.create_index(
        "uq_download_waiting",
        "download",
        ["account_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("was", JSONB(), nullable=False),
        sa.Column("asked", JSONB(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_by_name", sa.String(length=120), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=120), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_correction_decided")),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_correction_commissioner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_correction_person_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_correction_conversation_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_correction_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_correction_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("ref", name=op.f("uq_correction_ref")),
    )
    op.create_index("ix_correction_person", "correction", ["person_id", "id"])
    op.create_index(
        "ix_correction_waiting",
        "correction",
        ["commissioner_id", "due_on"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "record_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("placed_by", sa.Uuid(), nullable=False),
        sa.Column("placed_by_name", sa.String(length=120), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_by_name", sa.String(length=120), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_record_hold_ended")),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_record_hold_commissioner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_record_hold_person_id")),
        sa.ForeignKeyConstraint(["placed_by"], ["account.id"], name=op.f("fk_record_hold_placed_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("fk_record_hold_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_hold")),
    )
    op.create_index(
        "uq_record_hold_open", "record_hold", ["person_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("counts", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_retention_run_commissioner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )
    op.create_index("ix_retention_run_commissioner", "retention_run", ["commissioner_id", "id"])
    op.execute(DOORS.read_text())
    for table, columns in _WORDS.items():
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO CURRENT_USER")
        op.execute(f"DROP TRIGGER append_only ON {table}")
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_words_go()"
        )
    for table, names in _PERSON_WORDS.items():
        op.execute(f"GRANT UPDATE ({', '.join(names)}) ON {table} TO CURRENT_USER")
        op.execute(f"DROP TRIGGER append_only ON {table}")
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION person_words_go({', '.join(names)})"
        )


def downgrade() -> None:
    for table, names in _PERSON_WORDS.items():
        op.execute(f"REVOKE UPDATE ({', '.join(names)}) ON {table} FROM CURRENT_USER")
        op.execute(f"DROP TRIGGER append_only ON {table}")
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION append_only()"
        )
    op.execute("DROP FUNCTION person_words_go()")
    for table, columns in _WORDS.items():
        op.execute(f"REVOKE UPDATE ({columns}) ON {table} FROM CURRENT_USER")
        op.execute(f"DROP TRIGGER append_only ON {table}")
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION append_only()"
        )
        op.execute(f"DROP FUNCTION {table}_words_go()")
    op.execute("DROP FUNCTION time_is_over(uuid)")
    op.execute("DROP FUNCTION audit_entry_digest(audit_entry)")
    for table in ("retention_run", "record_hold", "correction", "download", "consent"):
        op.drop_table(table)
    op.drop_column("audit_entry", "removed_digest")
    op.drop_column("audit_entry", "removed_in")
    op.drop_column("person", "removed_at")
    op.drop_column("person", "called")
