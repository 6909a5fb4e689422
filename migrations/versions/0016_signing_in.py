"""Second steps, devices, and links that are mailed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_OPEN = sa.text("done_at IS NULL AND stopped_at IS NULL")


def upgrade() -> None:
    op.add_column(
        "account", sa.Column("has_second_step", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("account", sa.Column("step_put_off_until", sa.Date(), nullable=True))
    op.add_column("sign_in_session", sa.Column("ref", sa.String(length=16), nullable=True))
    op.add_column("sign_in_session", sa.Column("proven", sa.String(length=24), nullable=True))
    op.add_column("sign_in_session", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sign_in_session", sa.Column("device", sa.String(length=80), server_default="", nullable=False))
    op.add_column("sign_in_session", sa.Column("device_hash", sa.String(length=64), nullable=True))
    # whoever is signed in has shown the passphrase, and did so when they came
    op.execute(
        "UPDATE sign_in_session SET ref = substr(md5(id::text || random()::text), 1, 12), proven = 'passphrase',"
        " confirmed_at = created_at"
    )
    for name in ("ref", "proven", "confirmed_at"):
        op.alter_column("sign_in_session", name, nullable=False)
    op.alter_column("sign_in_session", "device", server_default=None)
    op.create_unique_constraint(op.f("uq_sign_in_session_ref"), "sign_in_session", ["ref"])
    op.create_table(
        "authenticator",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_secret", sa.String(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_authenticator_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_authenticator")),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("ref", name=op.f("uq_passkey_ref")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index("ix_passkey_account", "passkey", ["account_id", "id"])
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("account_id", "code_hash", name=op.f("uq_recovery_code_account_id_code_hash")),
    )
    op.create_table(
        "spent_challenge",
        sa.Column("challenge_hash", sa.String(length=64), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash", name=op.f("pk_spent_challenge")),
    )
    op.create_table(
        "mailed_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("bound_to", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_mailed_link_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailed_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_mailed_link_token_hash")),
    )
    op.create_index("ix_mailed_link_account", "mailed_link", ["account_id", "kind", "id"])
    op.create_table(
        "step_reset",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_name", sa.String(length=120), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_step_reset_account_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_step_reset_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_reset")),
        sa.UniqueConstraint("ref", name=op.f("uq_step_reset_ref")),
    )
    op.create_index("ix_step_reset_due", "step_reset", ["due_at"], postgresql_where=_OPEN)
    op.create_index("uq_step_reset_open", "step_reset", ["account_id"], unique=True, postgresql_where=_OPEN)


def downgrade() -> None:
    for table in (
        "step_reset", "mailed_link", "spent_challenge", "recovery_code", "passkey", "authenticator"
    ):  # fmt: skip
        op.drop_table(table)
    op.drop_constraint(op.f("uq_sign_in_session_ref"), "sign_in_session", type_="unique")
    for column in ("device_hash", "device", "confirmed_at", "proven", "ref"):
        op.drop_column("sign_in_session", column)
    op.drop_column("account", "step_put_off_until")
    op.drop_column("account", "has_second_step")
