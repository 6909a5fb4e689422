"""Rows in bulk: COPY, with the defaults that the models give."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from enum import Enum
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB

from app.core import ids
from app.core.db import Base

_LETTERS = "23456789bcdfghjkmnpqrstvwxyz"
_random = random.Random(20261121)  # the same data every time


def quick_ref() -> str:
    """A reference like the real ones, without their cost: nobody guesses at these."""
    return "".join(_random.choices(_LETTERS, k=ids.REF_LENGTH))


def copy(connection: psycopg.Connection[Any], model: type[Base], rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows with COPY inside the connection's transaction. What a row leaves out is the column's default.

    :returns: how many were written.
    """
    table = model.__table__
    columns = [column for column in table.columns if column.computed is None]
    names = [column.name for column in columns]
    makers = [_maker(column) for column in columns]
    is_json = [isinstance(column.type, JSONB) for column in columns]
    count = 0
    statement = f"COPY {table.name} ({', '.join(names)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copying:
        for row in rows:
            values = []
            for name, make, json in zip(names, makers, is_json, strict=True):
                value = row[name] if name in row else make()
                if json and value is not None:
                    value = Jsonb(value)
                elif isinstance(value, Enum):
                    value = value.value
                values.append(value)
            copying.write_row(values)
            count += 1
    return count


def _maker(column: Column[Any]) -> Callable[[], Any]:
    default: Any = column.default
    if default is None:
        return lambda: None
    if default.is_scalar:
        return lambda: default.arg
    if getattr(default.arg, "__wrapped__", default.arg) is ids.new_ref or column.name == "ref":
        return quick_ref
    return lambda: default.arg(None)


def spread_days(first: date, last: date, count: int) -> list[date]:
    """``count`` days evenly over a time, in order."""
    length = (last - first).days + 1
    return [first + timedelta(days=index * length // count) for index in range(count)]
