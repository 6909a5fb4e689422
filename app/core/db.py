"""The database handle, the base of every table, and the types they share."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, StrEnum
from typing import Annotated, Any
from uuid import UUID

from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, MetaData, String, event
from sqlalchemy import Enum as EnumText
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, mapped_column

from app.core import clock
from app.core.ids import new_id, new_ref

#: Every statement has a deadline on the server; the connection has one on the client (see ``connect_args``).
STATEMENT_TIMEOUT = "15s"


def _words(kind: type[Enum]) -> list[str]:
    return [member.value for member in kind]


class Base(DeclarativeBase):
    """Base of every table. Constraint names are fixed so that migrations and errors can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        str: String,
        # kept as their words, so that a query by hand can be read and a new word needs no migration
        StrEnum: EnumText(StrEnum, native_enum=False, length=24, values_callable=_words),
    }


#: A primary key: UUIDv7.
Key = Annotated[UUID, mapped_column(primary_key=True, default=new_id)]
#: What the outside calls it.
Ref = Annotated[str, mapped_column(String(16), unique=True, default=new_ref)]
#: A sum of money.
Pence = Annotated[int, mapped_column(BigInteger)]
#: When the row was written.
Written = Annotated[datetime, mapped_column(default=clock.now)]

db = SQLAlchemy()


def connect_args(prepared_statements: bool = False) -> dict[str, Any]:
    """Client-side deadlines, and nothing that a pooler between us and the server would trip over.

    A black-holed connection has held psycopg for over a minute in spite of the server's own time-outs, so the kernel
    is told to give up.

    :param prepared_statements: let the server keep the plans of what is asked often: half its work in sending a
        purchase. They belong to a connection, which a pooler may change under us.
    """
    return {
        "connect_timeout": 5,
        "tcp_user_timeout": 20_000,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
        "prepare_threshold": 3 if prepared_statements else None,
        "application_name": "carepurse",
    }


@event.listens_for(Session, "after_begin")
def _limit_statements(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    # inside a savepoint it holds already
    if not session.info.get("long") and not transaction.nested:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'")


def allow_long_statements() -> None:
    """Lift the deadline for this session: imports and monthly runs, which show progress instead."""
    db.session.info["long"] = True
