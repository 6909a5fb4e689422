"""The SQL that counts what each choice of each filter would find: the other filters kept, its own left aside.

One JSON text: for each filter its choices and how many each would leave. Kinds of access are joined by "and", so each
of them is counted with the others kept and itself added.
"""

from __future__ import annotations

from app.marketplace.asking import MILES, SearchQuery
from app.marketplace.filters import Day, Part, slot_mask
from app.marketplace.misses import Miss

_GROUPED = "miss, category, rating_rank, at_home, at_venue, remote, takes_new_people, price_pence IS NOT NULL AS priced"
#: The most languages, or kinds of access, that are worth choosing between.
_MOST = 40
_EVERY = sum(Miss)


def slot_masks(query: SearchQuery) -> dict[str, int]:
    """The parameters for the times of the week: each day at the chosen part, each part on the chosen day."""
    days = {f"slots_{day}": slot_mask(day, query.part) for day in Day}
    return days | {f"slots_{part}": slot_mask(query.day, part) for part in Part}


def found(total: str, counts: str) -> str:
    """How many there are, which page is shown and the counts, in one row.

    :param total: SQL for the one number, and ``counts`` for the JSON.
    """
    return f"""
        SELECT total, GREATEST(1, LEAST(:page, (total + :size - 1) / :size)) AS page, counts
        FROM (SELECT {total} AS total, ({counts}) AS counts) counted"""  # noqa: S608  # fixed pieces


def counted(chosen: Miss, *, assistants: bool) -> str:
    """The statement's parts ``grouped`` and ``found``, over ``seen``.

    :param assistants: only personal assistants are looked for, so that ``seen`` has their gender.
    """
    near = Miss.NEAR in chosen
    far = ", ".join(f"-{miles}" for miles in reversed(MILES))
    bucket = f"width_bucket(-reach, ARRAY[{far}]::float8[])" if near else "0"
    times = {name.value: f"slots & :slots_{name} <> 0" for name in (*Day, *Part)}
    parts = {
        # other kinds of support know no gender
        "category": _by("category", Miss.CATEGORY | Miss.GENDER, "grouped"),
        "rating": _by("rating_rank", Miss.RATING, "grouped"),
        "where": _sums({name: name for name in ("at_home", "at_venue", "remote")}, Miss.WHERE, "grouped"),
        "taking": _sums({"yes": "takes_new_people"}, Miss.TAKING, "grouped"),
        "priced": _sums({"yes": "priced"}, Miss.PRICE, "grouped"),
        "when": _sums(times, Miss.WHEN, _each("slots", Miss.WHEN)),
        "language": _spread("languages", Miss.LANGUAGE),
        "access": _spread("accessibility", Miss(0)),
    }
    if near:
        within = {str(miles): f"bucket >= {len(MILES) - number}" for number, miles in enumerate(MILES)}
        parts["miles"] = _sums(within, Miss.NEAR, "grouped")
    if assistants:
        parts["gender"] = _by("gender", Miss.GENDER, _each("gender", Miss.GENDER))
    json = ", ".join(f"'{name}', ({sql})" for name, sql in parts.items())
    total = "(SELECT COALESCE(sum(n), 0)::bigint FROM grouped WHERE miss = 0)"
    return f"""grouped AS MATERIALIZED (
            SELECT {_GROUPED}, {bucket} AS bucket, count(*) AS n FROM seen GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
        ), found AS ({found(total, f"json_build_object({json})::text")})"""  # noqa: S608  # fixed pieces


def _within(own: Miss) -> str:
    """Whoever misses no filter but this one."""
    return f"miss & {_EVERY & ~own} = 0"


def _each(column: str, own: Miss) -> str:
    """How many there are of each value: few values, so that what follows works on few rows."""
    return f"(SELECT {column}, 0 AS miss, count(*) AS n FROM seen WHERE {_within(own)} GROUP BY 1) each_of"  # noqa: S608  # fixed pieces


def _by(column: str, own: Miss, rows: str) -> str:
    return f"""SELECT COALESCE(json_object_agg(value, n), '{{}}') FROM (
        SELECT {column} AS value, sum(n) AS n FROM {rows} WHERE {_within(own)} AND {column} IS NOT NULL GROUP BY 1
    ) of_{column}"""  # noqa: S608  # fixed pieces


def _sums(choices: dict[str, str], own: Miss, rows: str) -> str:
    sums = ", ".join(f"'{name}', COALESCE(sum(n) FILTER (WHERE {meets}), 0)" for name, meets in choices.items())
    return f"SELECT json_build_object({sums}) FROM {rows} WHERE {_within(own)}"  # noqa: S608  # fixed pieces


def _spread(column: str, own: Miss) -> str:
    return f"""SELECT COALESCE(json_object_agg(value, n), '{{}}') FROM (
        SELECT value, sum(n) AS n
        FROM (SELECT {column}, count(*) AS n FROM seen WHERE cardinality({column}) > 0 AND {_within(own)} GROUP BY 1) s,
            LATERAL (SELECT DISTINCT unnest(s.{column}) AS value) each_of
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_MOST}
    ) of_{column}"""  # noqa: S608  # fixed pieces
