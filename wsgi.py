"""The application for gunicorn (``gunicorn wsgi:app``) and for the ``flask`` command."""

import sys

from app import create_app
from app.config import settings_for
from app.core.errors import ConfigError

try:
    app = create_app(settings_for(sys.argv))
except ConfigError as error:
    print(f"CarePurse cannot start. {error}", file=sys.stderr)
    sys.exit(3)  # gunicorn's own code for "failed to boot": it then stops, where it would try any other again for ever

# what serves us is nobody's affair
if served_by := sys.modules.get("gunicorn.http.wsgi"):
    served_by.SERVER = "CarePurse"  # type: ignore[attr-defined]  # gunicorn has no setting for it
