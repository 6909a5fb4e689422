"""The spending policy in force: every rule with its source, the figures, and the versions there were."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core.money import format_pounds
from app.identity.rules import Permission
from app.policy import queries as policies
from app.policy.document import PolicyDocument
from app.policy.engine import describe
from app.web.marks import requires
from app.web.staff_scope import scope_of

bp = Blueprint("policy", __name__)


@bp.get("/staff/policy")
@requires(Permission.READ_POLICY)
def show() -> ResponseReturnValue:
    """The policy of one commissioner, to read."""
    scope = scope_of(Permission.READ_POLICY)
    policy = policies.policy_in_force(scope.place.id)
    return render_template(
        "staff/policy.jinja",
        scope=scope,
        policy=policy,
        sections=describe(policy),
        figures=_figures(policy),
        pay=sorted(policy.minimum_pay, key=lambda row: row.starts_on, reverse=True),
        versions=policies.versions_of(scope.place.id),
    )


def _figures(policy: PolicyDocument) -> list[tuple[str, str]]:
    """The thresholds, each as a sentence and its figure."""
    set_to = policy.thresholds
    return [
        ("A person looks first at one thing over", format_pounds(set_to.item_threshold_pence)),
        ("A price is far above others near by when it is over their highest by", f"{set_to.price_tolerance_percent}%"),
        (
            "A price is far below others near by when it is under this part of their lowest",
            f"{set_to.low_price_percent}%",
        ),
        ("Two alike within this many days may be one thing twice", f"{set_to.duplicate_days} days"),
        ("Parts from one payee within this many days are looked at as one", f"{set_to.split_days} days"),
        ("Words are alike from", f"{set_to.similar_percent}%"),
    ]
