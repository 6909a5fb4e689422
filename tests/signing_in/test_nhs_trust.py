"""NHS login: where it may lead us, and what of it comes no further than the server."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.db import db
from app.identity.models import Account
from app.identity.proofs import Proof
from app.signing_in import nhs_provider
from app.signing_in.models import NhsAttempt, NhsLink
from tests.signing_in.nhs_fake import Provider
from tests.signing_in.test_nhs_login import linked, nhs, our_key, proofs, visit, way_back

__all__ = ["linked", "nhs", "our_key"]  # fixtures


@pytest.mark.parametrize("page", ["/token", "/userinfo", "/jwks", "/.well-known/openid-configuration"])
def test_no_redirect_is_followed(client: FlaskClient, linked: Account, nhs: Provider, page: str) -> None:
    nhs_provider._known.clear()
    there = way_back(client.post("/nhs-login").location) if "well-known" not in page else ""
    nhs_provider._known.clear()
    nhs.wrong = f"moved {page}"
    answer = client.get(there) if there else client.post("/nhs-login")
    assert answer.status_code >= 400, answer.location
    assert nhs.followed == 0
    assert proofs()[-1] is not Proof.NHS


def test_no_token_of_theirs_reaches_the_browser_or_is_kept(client: FlaskClient, linked: Account, nhs: Provider) -> None:
    answer = visit(client)
    page = client.get("/account/nhs-login")
    kept = db.session.execute(select(NhsLink)).scalars().all() + db.session.execute(select(NhsAttempt)).scalars().all()
    everything = "".join([*map(str, answer.headers), answer.text, page.text, *(str(vars(row)) for row in kept)])
    with client.session_transaction() as cookie:
        everything += str(dict(cookie))
    assert nhs.issued
    assert not [token for token in nhs.issued if token in everything]
