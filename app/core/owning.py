"""Two roles for one database: one owns the tables and changes them, the other is the software's while it runs.

Whoever owns a table can switch its triggers off and give themselves any right to it. So where ``DATABASE_OWNER_URL`` is
set, ``flask db upgrade`` works with that role and then gives the role of ``DATABASE_URL`` what the migrations left to
their own: no changing of what is written once, beyond the words that go in time; nothing owned, nothing made.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Engine, text

from app.core.errors import ConfigError

#: What the software needs where that is less than what the migrations' own role has. Running totals and the roll-up are
#: written by ``ledger_apply``, which works with its owner's rights; an account is only ever locked.
_LESS: Final = {
    "alembic_version": "SELECT",
    "ledger_account": "SELECT, INSERT, UPDATE (id)",
    "ledger_month": "SELECT",
}
#: Each with what is wrong of the software's role, ``:role``, for tables that ``current_user`` owns.
_WRONG: Final = (
    ("SELECT current_user = :role", "is the owner's own: name two roles"),
    (
        "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = :role",
        "may do anything, or make roles: take SUPERUSER and CREATEROLE from it",
    ),
    ("SELECT pg_has_role(:role, current_user, 'MEMBER')", "is a member of the owner's: revoke that"),
    (
        """SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relowner = r.oid)
            OR EXISTS (SELECT FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proowner = r.oid)
            OR EXISTS (SELECT FROM pg_namespace WHERE nspname = 'public' AND nspowner = r.oid)
            OR EXISTS (SELECT FROM pg_database WHERE datname = current_database() AND datdba = r.oid)
        FROM pg_roles r WHERE rolname = :role""",
        "owns the database, or something in it: give it to the owner's (REASSIGN OWNED BY … TO …, as superuser)",
    ),
    (
        "SELECT has_schema_privilege(:role, 'public', 'CREATE')",
        "may make things beside the tables: REVOKE CREATE ON SCHEMA public FROM PUBLIC, and from it",
    ),
)
_OURS: Final = """
    SELECT c.oid::regclass::text, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relowner = current_user::regrole
        AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
"""
# what a table's owner was given or left: `relacl` is empty where nobody touched it
_TABLES: Final = """
    SELECT c.oid::regclass::text, string_agg(a.privilege_type, ', ')
    FROM pg_class c CROSS JOIN LATERAL aclexplode(COALESCE(c.relacl, acldefault('r', c.relowner))) a
    WHERE c.relnamespace = 'public'::regnamespace AND c.relowner = current_user::regrole
        AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relname = ANY(:less)
        AND a.grantee = c.relowner AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
    GROUP BY c.oid
"""
_COLUMNS: Final = """
    SELECT c.oid::regclass::text, format('%s (%I)', a.privilege_type, t.attname)
    FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid CROSS JOIN LATERAL aclexplode(t.attacl) a
    WHERE c.relnamespace = 'public'::regnamespace AND c.relowner = current_user::regrole
        AND NOT c.relname = ANY(:less) AND NOT t.attisdropped
        AND a.grantee = c.relowner AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE')
"""
# by PUBLIC, a role it is a member of, or one of PostgreSQL's own such as pg_write_all_data
_STILL: Final = """
    SELECT DISTINCT c.relname::text FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
    WHERE g.tgname = 'append_only' AND c.relnamespace = 'public'::regnamespace
        AND has_table_privilege(:role, c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
    ORDER BY 1
"""


def check_apart(owner: Engine, software: Engine) -> str:
    """Make sure that the software's role cannot give itself more than it is given.

    :param owner: connects as whoever owns the tables.
    :param software: connects as the software does.
    :returns: that role.
    :raises ConfigError: saying what is wrong with it, and how to mend that.
    """
    where = text("SELECT current_user, current_database(), oid FROM pg_database WHERE datname = current_database()")
    with software.connect() as connection:
        role, *theirs = connection.execute(where).one()
    with owner.connect() as connection:
        if theirs != [*connection.execute(where).one()][1:]:
            raise ConfigError("DATABASE_OWNER_URL and DATABASE_URL are not of the same database.")
        for query, wrong in _WRONG:
            if connection.scalar(text(query), {"role": role}):
                raise ConfigError(f"The role {role} of DATABASE_URL {wrong}.")
    return str(role)


def give_rights(owner: Engine, role: str) -> None:
    """Give the software's role what it needs and take whatever else it had, in one transaction.

    :raises ConfigError: when another role, or everybody's, still lets it change what is written once.
    """
    with owner.begin() as connection:
        quoted = connection.dialect.identifier_preparer.quote(role)
        for name, kind in connection.execute(text(_OURS)).all():
            connection.exec_driver_sql(f"REVOKE ALL ON {kind} {name} FROM {quoted}")
            if kind == "SEQUENCE":
                connection.exec_driver_sql(f"GRANT USAGE, SELECT ON SEQUENCE {name} TO {quoted}")
        for name, rights in _rights(connection):
            connection.exec_driver_sql(f"GRANT {rights} ON TABLE {name} TO {quoted}")
        if still := connection.scalars(text(_STILL), {"role": role}).all():
            raise ConfigError(f"The role {role} of DATABASE_URL may change {', '.join(still)} through another role.")


def _rights(connection: Connection) -> list[tuple[str, str]]:
    values = {"less": list(_LESS)}
    found = [*connection.execute(text(_TABLES), values), *connection.execute(text(_COLUMNS), values)]
    there = connection.scalars(text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"))
    less = [(name, _LESS[name]) for name in there if name in _LESS]
    return [*((str(name), str(rights)) for name, rights in found), *less]
