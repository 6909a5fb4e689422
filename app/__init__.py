"""CarePurse: run a personal health budget from a phone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from app.config import ROOT, Settings


def create_app(settings: Settings | None = None, overrides: Mapping[str, Any] | None = None) -> Flask:
    """Put the application together.

    :param settings: read from the environment when left out.
    :param overrides: Flask configuration for tests.
    :raises ConfigError: when a setting is missing or cannot be right.
    """
    settings = settings or Settings.from_env()
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=None,  # built files are served by app.web.assets
        instance_path=str(settings.instance),
    )
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
    )
    app.config.update(overrides or {})

    from app import cli, web
    from app.core import database, logs

    logs.init_app(app)
    if not settings.offline:
        database.init_app(app)
        web.init_app(app)
    cli.init_app(app)
    return app
