"""Reminders and honest new dates, and messages about anything with files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff_post", sa.Column("leads", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("approval_request", sa.Column("reminded_on", sa.Date(), nullable=True))
    op.add_column("approval_request", sa.Column("lead_told_on", sa.Date(), nullable=True))
    op.add_column("approval_request", sa.Column("new_due_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_approval_request_late",
        "approval_request",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "conversation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("new_due_on", sa.Date(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("lead_told_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'with_staff') = (due_on IS NOT NULL)", name=op.f("ck_conversation_clock")
        ),
        sa.ForeignKeyConstraint(["assigned_to"], ["account.id"], name=op.f("fk_conversation_assigned_to")),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_conversation_commissioner_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["account.id"], name=op.f("fk_conversation_opened_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_conversation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("ref", name=op.f("uq_conversation_ref")),
    )
    op.create_index("ix_conversation_person", "conversation", ["person_id", "moved_at"], unique=False)
    op.create_index(
        "ix_conversation_staff", "conversation", ["commissioner_id", "state", "due_on", "id"], unique=False
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored_name", sa.String(length=80), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_attachment_size")),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_attachment_commissioner_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_attachment_conversation_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_attachment_message_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["account.id"], name=op.f("fk_attachment_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("ref", name=op.f("uq_attachment_ref")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_attachment_stored_name")),
    )
    op.create_index("ix_attachment_conversation", "attachment", ["conversation_id", "message_id"], unique=False)


def downgrade() -> None:
    op.drop_table("attachment")
    op.drop_table("conversation")
    op.drop_index("ix_approval_request_late", table_name="approval_request")
    op.drop_column("approval_request", "new_due_on")
    op.drop_column("approval_request", "lead_told_on")
    op.drop_column("approval_request", "reminded_on")
    op.drop_column("staff_post", "leads")
