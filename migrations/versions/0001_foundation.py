"""Identity, audit, ledger, plans, budgets and the published policy, with the guards that keep money right."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

GUARDS = Path(__file__).parent.parent / "sql" / "0001_guards.sql"
TABLES = (
    "regular_payment_made",
    "regular_payment",
    "outcome_funding",
    "budget_working_line",
    "budget_stream",
    "budget_part",
    "outcome",
    "budget",
    "plan",
    "ledger_transfer",
    "ledger_month",
    "caseload",
    "authority",
    "staff_post",
    "sign_in_session",
    "policy_version",
    "person",
    "ledger_account",
    "form_key",
    "sign_in_attempt",
    "commissioner",
    "audit_entry",
    "account",
)


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("passphrase_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("ref", name=op.f("uq_account_ref")),
    )
    op.create_index("uq_account_email", "account", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("details", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_actor", "audit_entry", ["actor_id", "id"], unique=False)
    op.create_index("ix_audit_entry_commissioner", "audit_entry", ["commissioner_id", "id"], unique=False)
    op.create_index("ix_audit_entry_person", "audit_entry", ["person_id", "id"], unique=False)
    op.create_table(
        "commissioner",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("settings", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commissioner")),
        sa.UniqueConstraint("ref", name=op.f("uq_commissioner_ref")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_attempt")),
    )
    op.create_table(
        "form_key",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_form_key_account_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_form_key")),
    )
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("owner_kind", sa.String(length=24), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.String(length=24), nullable=False),
        sa.Column("debits_pending", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("debits_posted", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("credits_pending", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("credits_posted", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "owner_kind <> 'budget' OR credits_posted - debits_posted - debits_pending >= 0",
            name=op.f("ck_ledger_account_not_overspent"),
        ),
        sa.CheckConstraint(
            "least(debits_pending, debits_posted, credits_pending, credits_posted) >= 0",
            name=op.f("ck_ledger_account_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_ledger_account_commissioner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint(
            "commissioner_id",
            "owner_kind",
            "owner_id",
            "stream",
            name=op.f("uq_ledger_account_commissioner_id_owner_kind_owner_id_stream"),
        ),
    )
    op.create_index("ix_ledger_account_owner", "ledger_account", ["owner_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("given_name", sa.String(length=80), nullable=False),
        sa.Column("family_name", sa.String(length=80), nullable=False),
        sa.Column("date_of_birth", sa.Date(), nullable=False),
        sa.Column("postcode", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_person_commissioner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("ref", name=op.f("uq_person_ref")),
    )
    op.create_index(
        "ix_person_commissioner", "person", ["commissioner_id", "family_name", "id"], unique=False
    )
    op.create_table(
        "policy_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("published_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_policy_version_commissioner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint(
            "commissioner_id", "version", name=op.f("uq_policy_version_commissioner_id_version")
        ),
    )
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_in_session_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_session_account_id"), "sign_in_session", ["account_id"], unique=False)
    op.create_table(
        "staff_post",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_staff_post_account_id")),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_staff_post_commissioner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_post")),
        sa.UniqueConstraint(
            "account_id",
            "commissioner_id",
            "role",
            "starts_on",
            name=op.f("uq_staff_post_account_id_commissioner_id_role_starts_on"),
        ),
    )
    op.create_index("ix_staff_post_commissioner", "staff_post", ["commissioner_id", "role"], unique=False)
    op.create_table(
        "authority",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("scope", sa.String(length=24), nullable=False),
        sa.Column("buy_limit_pence", sa.BigInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "buy_limit_pence IS NULL OR (scope = 'buy' AND buy_limit_pence >= 0)",
            name=op.f("ck_authority_limit"),
        ),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_authority_period")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_authority_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_authority_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority")),
    )
    op.create_index("ix_authority_person", "authority", ["person_id"], unique=False)
    op.create_index(
        "uq_authority_open",
        "authority",
        ["account_id", "person_id"],
        unique=True,
        postgresql_where="ended_at IS NULL",
    )
    op.create_table(
        "caseload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_caseload_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_caseload_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caseload")),
    )
    op.create_index("ix_caseload_account", "caseload", ["account_id"], unique=False)
    op.create_index(
        "uq_caseload_open", "caseload", ["person_id"], unique=True, postgresql_where="ends_on IS NULL"
    )
    op.create_table(
        "ledger_month",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("money_in", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("refunded", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("spent", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("taken_back", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("promised", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ledger_account.id"], name=op.f("fk_ledger_month_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "period", "tag_id", name=op.f("pk_ledger_month")),
    )
    op.create_table(
        "ledger_transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("debit_account_id", sa.Uuid(), nullable=False),
        sa.Column("credit_account_id", sa.Uuid(), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("phase", sa.String(length=24), nullable=False),
        sa.Column("pending_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("tag_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("memo", sa.String(length=300), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("counts_on", sa.Date(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unique_key", sa.String(length=160), nullable=True),
        sa.CheckConstraint(
            "(phase IN ('post', 'void')) = (pending_id IS NOT NULL)", name=op.f("ck_ledger_transfer_resolves")
        ),
        sa.CheckConstraint("amount_pence > 0", name=op.f("ck_ledger_transfer_amount_positive")),
        sa.CheckConstraint(
            "debit_account_id <> credit_account_id", name=op.f("ck_ledger_transfer_two_accounts")
        ),
        sa.CheckConstraint("extract(day from period) = 1", name=op.f("ck_ledger_transfer_period_is_month")),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_ledger_transfer_commissioner_id")
        ),
        sa.ForeignKeyConstraint(
            ["credit_account_id"], ["ledger_account.id"], name=op.f("fk_ledger_transfer_credit_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["debit_account_id"], ["ledger_account.id"], name=op.f("fk_ledger_transfer_debit_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transfer")),
    )
    op.create_index(
        "ix_ledger_transfer_commissioner", "ledger_transfer", ["commissioner_id", "id"], unique=False
    )
    op.create_index(
        "ix_ledger_transfer_credit", "ledger_transfer", ["credit_account_id", "period", "id"], unique=False
    )
    op.create_index(
        "ix_ledger_transfer_debit", "ledger_transfer", ["debit_account_id", "period", "id"], unique=False
    )
    op.create_index("ix_ledger_transfer_subject", "ledger_transfer", ["subject_id"], unique=False)
    op.create_index(
        "uq_ledger_transfer_pending_id",
        "ledger_transfer",
        ["pending_id"],
        unique=True,
        postgresql_where="pending_id IS NOT NULL",
    )
    op.create_index(
        "uq_ledger_transfer_unique_key",
        "ledger_transfer",
        ["unique_key"],
        unique=True,
        postgresql_where="unique_key IS NOT NULL",
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("about_me", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("review_due_on", sa.Date(), nullable=False),
        sa.Column("agreed_with", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_plan_period")),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_plan_commissioner_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_plan_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("ref", name=op.f("uq_plan_ref")),
    )
    op.create_index("ix_plan_person", "plan", ["person_id", "starts_on"], unique=False)
    op.create_table(
        "budget",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("indicative_pence", sa.BigInteger(), nullable=False),
        sa.Column("agreed_pence", sa.BigInteger(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contingency_pence", sa.BigInteger(), nullable=False),
        sa.Column("contingency_name", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state = 'indicative' OR agreed_pence IS NOT NULL", name=op.f("ck_budget_agreed")),
        sa.CheckConstraint(
            "contingency_pence >= 0 AND indicative_pence >= 0 AND agreed_pence >= 0",
            name=op.f("ck_budget_sums"),
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_budget_period")),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_budget_commissioner_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_budget_person_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_budget_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget")),
        sa.UniqueConstraint("ref", name=op.f("uq_budget_ref")),
    )
    op.create_index("ix_budget_commissioner", "budget", ["commissioner_id", "state", "id"], unique=False)
    op.create_index("ix_budget_person", "budget", ["person_id", "starts_on"], unique=False)
    op.create_table(
        "outcome",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("indicative_pence", sa.BigInteger(), nullable=False),
        sa.Column("per", sa.String(length=24), nullable=False),
        sa.Column("examples", JSONB(), nullable=False),
        sa.Column("categories", JSONB(), nullable=False),
        sa.Column("risks", sa.String(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("indicative_pence >= 0", name=op.f("ck_outcome_indicative")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_outcome_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        sa.UniqueConstraint("ref", name=op.f("uq_outcome_ref")),
    )
    op.create_index("ix_outcome_plan", "outcome", ["plan_id", "position"], unique=False)
    op.create_table(
        "budget_part",
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("held_as", sa.String(length=24), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("held_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["budget_id"], ["budget.id"], name=op.f("fk_budget_part_budget_id")),
        sa.PrimaryKeyConstraint("budget_id", "position", name=op.f("pk_budget_part")),
    )
    op.create_table(
        "budget_stream",
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.String(length=24), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.String(length=24), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("ledger_account_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("amount_pence > 0", name=op.f("ck_budget_stream_amount")),
        sa.ForeignKeyConstraint(["budget_id"], ["budget.id"], name=op.f("fk_budget_stream_budget_id")),
        sa.ForeignKeyConstraint(
            ["ledger_account_id"], ["ledger_account.id"], name=op.f("fk_budget_stream_ledger_account_id")
        ),
        sa.PrimaryKeyConstraint("budget_id", "stream", name=op.f("pk_budget_stream")),
    )
    op.create_table(
        "budget_working_line",
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["budget_id"], ["budget.id"], name=op.f("fk_budget_working_line_budget_id")),
        sa.PrimaryKeyConstraint("budget_id", "position", name=op.f("pk_budget_working_line")),
    )
    op.create_table(
        "outcome_funding",
        sa.Column("outcome_id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.String(length=24), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.CheckConstraint("share > 0", name=op.f("ck_outcome_funding_share")),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_outcome_funding_outcome_id")),
        sa.PrimaryKeyConstraint("outcome_id", "stream", name=op.f("pk_outcome_funding")),
    )
    op.create_table(
        "regular_payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("outcome_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("payee", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("day_of_month", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("amount_pence > 0", name=op.f("ck_regular_payment_amount")),
        sa.CheckConstraint("day_of_month BETWEEN 1 AND 31", name=op.f("ck_regular_payment_day")),
        sa.ForeignKeyConstraint(["budget_id"], ["budget.id"], name=op.f("fk_regular_payment_budget_id")),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_regular_payment_outcome_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regular_payment")),
        sa.UniqueConstraint("ref", name=op.f("uq_regular_payment_ref")),
    )
    op.create_index("ix_regular_payment_budget", "regular_payment", ["budget_id"], unique=False)
    op.create_table(
        "regular_payment_made",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["regular_payment.id"], name=op.f("fk_regular_payment_made_payment_id")
        ),
        sa.PrimaryKeyConstraint("payment_id", "period", name=op.f("pk_regular_payment_made")),
    )
    op.get_bind().exec_driver_sql(GUARDS.read_text().replace("%", "%%"))


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for function in ("ledger_apply", "ledger_account_guard", "append_only"):
        op.execute(f"DROP FUNCTION {function}()")
