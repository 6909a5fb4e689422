"""Commands: the second shell beside the web. Like it, and nothing else, commands commit."""

from __future__ import annotations

import importlib
import pkgutil

from flask import Flask


def init_app(app: Flask) -> None:
    """Add every command of this package: each module says how in ``register(app)``."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}").register(app)
