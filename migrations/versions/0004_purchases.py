"""Purchases and their decisions, approval requests, messages and notices, payments, receipts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    "receipt",
    "purchase_line",
    "purchase_decision",
    "purchase",
    "message",
    "thread",
    "notice",
    "approval_request",
    "payment_intent",
)


def upgrade() -> None:
    op.create_table(
        "payment_intent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.Column("rail", sa.String(length=24), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("rail_reference", sa.String(length=120), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_pence >= 0", name=op.f("ck_payment_intent_amount")),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_payment_intent_commissioner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_intent")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_payment_intent_idempotency_key")),
    )
    op.create_index(
        "ix_payment_intent_purchase", "payment_intent", ["commissioner_id", "purchase_id", "attempt"], unique=False
    )
    op.create_table(
        "approval_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(length=24), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("line_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("title", sa.String(length=240), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason_asked", sa.String(), nullable=False),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=120), nullable=False),
        sa.Column("reason_code", sa.String(length=60), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('waiting', 'asked')) = (decided_at IS NULL)", name=op.f("ck_approval_request_decided")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_approval_request_asked_by")),
        sa.ForeignKeyConstraint(["assigned_to"], ["account.id"], name=op.f("fk_approval_request_assigned_to")),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_approval_request_commissioner_id")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_approval_request_decided_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_approval_request_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_request")),
        sa.UniqueConstraint("ref", name=op.f("uq_approval_request_ref")),
    )
    op.create_index(
        "ix_approval_request_queue",
        "approval_request",
        ["commissioner_id", "assigned_to", "state", "due_on"],
        unique=False,
    )
    op.create_index("ix_approval_request_rule", "approval_request", ["commissioner_id", "rule", "state"], unique=False)
    op.create_index("ix_approval_request_subject", "approval_request", ["subject_id", "id"], unique=False)
    op.create_index(
        "ix_approval_request_team", "approval_request", ["commissioner_id", "state", "due_on", "id"], unique=False
    )
    op.create_index(
        "uq_approval_request_open",
        "approval_request",
        ["subject_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'asked')"),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("about", sa.String(length=24), nullable=False),
        sa.Column("about_ref", sa.String(length=16), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("emailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("ref", name=op.f("uq_notice_ref")),
    )
    op.create_index("ix_notice_account", "notice", ["account_id", "id"], unique=False)
    op.create_index(
        "ix_notice_unread", "notice", ["account_id"], unique=False, postgresql_where=sa.text("read_at IS NULL")
    )
    op.create_table(
        "thread",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(length=24), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_thread_commissioner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_thread_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
    )
    op.create_index("ix_thread_person", "thread", ["commissioner_id", "person_id"], unique=False)
    op.create_index("uq_thread_subject", "thread", ["subject_id", "subject_kind"], unique=True)
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(length=120), nullable=False),
        sa.Column("author_role", sa.String(length=24), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_message_author_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_message_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_thread", "message", ["thread_id", "id"], unique=False)
    op.create_table(
        "purchase",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("way", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=240), nullable=False),
        sa.Column("payee_name", sa.String(length=200), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("regular_payment_id", sa.Uuid(), nullable=True),
        sa.Column("regular_period", sa.Date(), nullable=True),
        sa.Column("total_pence", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_by_name", sa.String(length=120), nullable=False),
        sa.Column("requested_as", sa.String(length=24), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("policy_version", sa.String(length=40), nullable=True),
        sa.Column("action", sa.String(length=24), nullable=True),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("needed_from", sa.Date(), nullable=True),
        sa.Column("needed_until", sa.Date(), nullable=True),
        sa.Column("bought_on", sa.Date(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_how", sa.String(length=200), nullable=False),
        sa.Column("rail", sa.String(length=24), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.Column("receipt_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("state <> 'paid' OR paid_on IS NOT NULL", name=op.f("ck_purchase_paid")),
        sa.CheckConstraint("receipt_count >= 0", name=op.f("ck_purchase_receipts")),
        sa.CheckConstraint("total_pence >= 0", name=op.f("ck_purchase_total")),
        sa.ForeignKeyConstraint(["budget_id"], ["budget.id"], name=op.f("fk_purchase_budget_id")),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_purchase_commissioner_id")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["account.id"], name=op.f("fk_purchase_confirmed_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_purchase_person_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_purchase_provider_id")),
        sa.ForeignKeyConstraint(
            ["regular_payment_id"], ["regular_payment.id"], name=op.f("fk_purchase_regular_payment_id")
        ),
        sa.ForeignKeyConstraint(["requested_by"], ["account.id"], name=op.f("fk_purchase_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase")),
        sa.UniqueConstraint("ref", name=op.f("uq_purchase_ref")),
    )
    op.create_index(
        "ix_purchase_budget", "purchase", ["commissioner_id", "budget_id", "submitted_at", "id"], unique=False
    )
    op.create_index(
        "ix_purchase_draft",
        "purchase",
        ["person_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_index(
        "ix_purchase_no_receipt",
        "purchase",
        ["person_id", "paid_on"],
        unique=False,
        postgresql_where=sa.text("receipt_count = 0 AND state IN ('paid', 'delivered')"),
    )
    op.create_index(
        "ix_purchase_person", "purchase", ["commissioner_id", "person_id", "submitted_at", "id"], unique=False
    )
    op.create_index(
        "ix_purchase_provider",
        "purchase",
        ["provider_id", "submitted_at"],
        unique=False,
        postgresql_where=sa.text("provider_id IS NOT NULL"),
    )
    op.create_index(
        "ix_purchase_waiting",
        "purchase",
        ["person_id", "submitted_at"],
        unique=False,
        postgresql_where=sa.text(
            "state IN ('awaiting_holder', 'awaiting_approval', 'awaiting_information', 'approved')"
        ),
    )
    op.create_table(
        "purchase_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.Column("policy_version", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_purchase_decision_commissioner_id")
        ),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchase.id"], name=op.f("fk_purchase_decision_purchase_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_decision")),
    )
    op.create_index(
        "ix_purchase_decision_purchase", "purchase_decision", ["commissioner_id", "purchase_id", "id"], unique=False
    )
    op.create_table(
        "purchase_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("listing_id", sa.Uuid(), nullable=True),
        sa.Column("quantity_hundredths", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=24), nullable=True),
        sa.Column("unit_price_pence", sa.BigInteger(), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("outcome_id", sa.Uuid(), nullable=True),
        sa.Column("family_member", sa.String(length=24), nullable=True),
        sa.Column("action", sa.String(length=24), nullable=True),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "amount_pence >= 0 AND unit_price_pence >= 0 AND quantity_hundredths > 0",
            name=op.f("ck_purchase_line_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_purchase_line_commissioner_id")
        ),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_purchase_line_listing_id")),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_purchase_line_outcome_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_purchase_line_person_id")),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchase.id"], name=op.f("fk_purchase_line_purchase_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_line")),
        sa.UniqueConstraint("ref", name=op.f("uq_purchase_line_ref")),
    )
    op.create_index(
        "ix_purchase_line_moved",
        "purchase_line",
        ["commissioner_id", "person_id", "moved_on", "id"],
        unique=False,
        postgresql_where=sa.text("moved_on IS NOT NULL"),
    )
    op.create_index("ix_purchase_line_outcome", "purchase_line", ["outcome_id", "moved_on"], unique=False)
    op.create_index("ix_purchase_line_purchase", "purchase_line", ["purchase_id", "position"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored_name", sa.String(length=80), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by_name", sa.String(length=120), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_receipt_size")),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_receipt_commissioner_id")),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchase.id"], name=op.f("fk_receipt_purchase_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["account.id"], name=op.f("fk_receipt_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("ref", name=op.f("uq_receipt_ref")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_receipt_stored_name")),
    )
    op.create_index("ix_receipt_purchase", "receipt", ["commissioner_id", "purchase_id", "id"], unique=False)
    op.create_index(
        "ix_ledger_transfer_direct",
        "ledger_transfer",
        ["debit_account_id", "counts_on"],
        postgresql_where="phase = 'posted'",
    )
    # what the policy decided is history: written once, like the ledger and the audit
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON purchase_decision "
        "FOR EACH ROW EXECUTE FUNCTION append_only()"
    )
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON purchase_decision FROM PUBLIC, CURRENT_USER")


def downgrade() -> None:
    op.drop_index("ix_ledger_transfer_direct", "ledger_transfer")
    for table in TABLES:
        op.drop_table(table)
