"""Trying a draft of the policy on past purchases: asked for, worked at with progress, and kept with the draft."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.audit import service as audit
from app.core import clock
from app.core.db import allow_long_statements, db
from app.core.errors import InvalidError, StateError
from app.core.jobs import enqueue_many, task
from app.identity.rules import Actor
from app.policy import queries as policies
from app.policy.models import PolicyDraft, PolicySimulation, SimulationState
from app.policy.service import require_change
from app.purchases import simulating

SIMULATE = "policy.simulate"
AT_ONCE = 400
"""Purchases that a page waits for: well under a second."""
_PATIENCE = timedelta(minutes=20)
"""After so long nobody works at it any more, and a new one may begin."""
#: Written down after this many purchases, so that whoever waits sees it move.
_EVERY = 2_000


def begin(actor: Actor, draft_ref: str, months: int, *, at_once: bool = False) -> PolicySimulation:
    """Try a draft on the last months: at once where there are few purchases, by the job worker otherwise.

    :param at_once: wait for it however many there are.
    :raises InvalidError: field `months`.
    :raises StateError: when a trial of this draft is going on.
    """
    draft = policies.draft_for(actor, draft_ref)
    require_change(actor, draft.commissioner_id)
    try:
        days = simulating.window(months)
    except ValueError as error:
        raise InvalidError({"months": str(error)}) from error
    last = policies.last_simulation(draft.id)
    if last is not None and last.state in (SimulationState.WAITING, SimulationState.RUNNING):
        if is_going(last):
            raise StateError("It is being tried already. Wait for the answer, then try again.")
        last.state, last.result = SimulationState.FAILED, {"why": "It took too long."}
        db.session.flush()
    trial = PolicySimulation(
        commissioner_id=draft.commissioner_id,
        draft_id=draft.id,
        digest=draft.digest,
        base_digest=policies.policy_in_force(draft.commissioner_id).rules_digest,
        months=months,
        asked_by_name=actor.name,
    )
    try:
        with db.session.begin_nested():
            db.session.add(trial)
    except IntegrityError as error:  # two at once: the index lets one of them in
        raise StateError("It is being tried already. Wait for the answer, then try again.") from error
    audit.record(
        actor,
        "policy.simulate",
        f"Tried a draft of the policy on the purchases of {months} month{'s' if months > 1 else ''}",
        subject_kind="policy_draft",
        subject_id=draft.id,
        commissioner_id=draft.commissioner_id,
    )
    few = simulating.count(draft.commissioner_id, days, AT_ONCE + 1)
    trial.total = few
    if at_once or few <= AT_ONCE:
        _work(trial, draft)
    else:
        trial.total = simulating.count(draft.commissioner_id, days)
        enqueue_many(SIMULATE, [{"trial_id": str(trial.id), "digest": draft.digest}])
    db.session.flush()
    return trial


def is_going(trial: PolicySimulation) -> bool:
    """Whether somebody still works at a trial, or will: after a while nobody does any more."""
    unfinished = trial.state in (SimulationState.WAITING, SimulationState.RUNNING)
    return unfinished and clock.now() - trial.written_at < _PATIENCE


@task(SIMULATE, attempts=3)
def work(trial_id: str, digest: str) -> None:
    """Work at a trial. A second go after a crash begins again; what was changed meanwhile has its own trial."""
    trial = db.session.get(PolicySimulation, UUID(trial_id))
    if trial is None or trial.state in (SimulationState.DONE, SimulationState.FAILED):
        return
    draft = db.session.get_one(PolicyDraft, trial.draft_id)
    if draft.digest != digest:
        trial.state, trial.finished_at = SimulationState.FAILED, clock.now()
        trial.result = {"why": "The draft was changed before this was done. Try it again."}
        return
    allow_long_statements()
    _work(trial, draft, told=True)


def _work(trial: PolicySimulation, draft: PolicyDraft, told: bool = False) -> None:
    days = simulating.window(trial.months)
    base, mine = policies.policy_in_force(draft.commissioner_id), policies.draft_document(draft)
    done = shown = 0

    def progress(more: int) -> None:
        nonlocal done, shown
        done += more
        if told and done - shown >= _EVERY:
            shown = done
            _show(trial.id, done)

    if told:
        _show(trial.id, 0)
    tally = simulating.simulate(
        draft.commissioner_id, base, mine, days, progress=progress, processes=None if told else 1
    )
    # the row was written by `_show` meanwhile: it is read again before it is written here
    trial = db.session.scalars(
        select(PolicySimulation)
        .where(PolicySimulation.id == trial.id)
        .execution_options(populate_existing=True)
        .with_for_update()
    ).one()
    trial.result = simulating.result_of(tally, days, base, mine)
    trial.base_digest = base.rules_digest
    trial.done = done
    trial.total = max(trial.total, done)
    trial.state, trial.finished_at = SimulationState.DONE, clock.now()
    db.session.flush()


def _show(trial_id: UUID, done: int) -> None:
    """Progress, in a transaction of its own: whoever looks at the page sees it while the work goes on."""
    with db.engine.begin() as connection:
        connection.execute(
            update(PolicySimulation)
            .where(PolicySimulation.id == trial_id)
            .values(done=done, state=SimulationState.RUNNING)
        )
