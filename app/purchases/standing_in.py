"""Who answers what was asked of a coordinator who is away, or does not work there any more."""

from __future__ import annotations

from uuid import UUID

from app.approvals import queries as approval_queries
from app.approvals.models import ApprovalRequest
from app.core.errors import NotAllowedError
from app.identity import absences
from app.identity import queries as identity
from app.identity.models import Account
from app.marketplace import queries as marketplace
from app.purchases.subjects import subject_of


def is_there(request: ApprovalRequest) -> bool:
    """Whether the coordinator whom a request is with works there and is not away. The team always is."""
    key = request.assigned_to
    if key is None:
        return True
    team = identity.coordinators(request.commissioner_id)
    return any(account.id == key for account in team) and key not in absences.away_among([key])


def who_stands_in(request: ApprovalRequest) -> Account | None:
    """The cover of whoever has it, or the least busy who is there and may decide it: never who would be paid for it.

    :returns: None when nobody may: then it waits where it is, for a colleague to take it.
    """
    refused: set[UUID] = set()
    while (found := approval_queries.stand_in_for(request, refused)) is not None and is_refused(found, request):
        refused.add(found.id)
    return found


def is_refused(account: Account, request: ApprovalRequest) -> bool:
    """Whether the thing itself says that this colleague of all people does not decide it."""
    actor = identity.load_actor(account, marketplace.provider_ids_of(account.id))
    try:
        subject_of(request).refuse(actor, request)
    except NotAllowedError:
        return True
    return False
