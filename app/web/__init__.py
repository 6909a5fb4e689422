"""The web: pages, forms and what surrounds them. Like the commands, and nothing else, it commits."""

from __future__ import annotations

import importlib
import pkgutil

from flask import Blueprint, Flask


def init_app(app: Flask) -> None:
    """Register every page of this package and put the doorkeeper, the transaction and the headers around them.

    A module with a ``bp`` is a page module.
    """
    from app.web import access, compress, errors, security, templating, writes

    templating.init_app(app)  # before anything else touches the template environment
    compress.init_app(app)  # first to register, last to touch the answer
    access.init_app(app)  # who it is comes before whether the form is ours
    security.init_app(app)
    errors.init_app(app)
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda found: found.name):
        page = getattr(importlib.import_module(f"{__name__}.{module.name}"), "bp", None)
        if isinstance(page, Blueprint):
            app.register_blueprint(page)
    writes.init_app(app)
