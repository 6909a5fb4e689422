"""Trying a draft on the past: the same answers as asking the engine, the draft's differences alone, no names."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, StateError
from app.identity.rules import Actor, StaffRole
from app.policy import drafts, queries
from app.policy.changing import RuleChange, WordsChange, with_figures, with_rule, with_words
from app.policy.document import PolicyDocument
from app.policy.engine import decide
from app.policy.models import PolicySimulation, SimulationState
from app.policy.rules import Action, Decision
from app.purchases import service as purchases
from app.purchases import simulating, trials
from app.purchases.facts import facts_from_dict, without_settled
from app.purchases.models import PurchaseDecision
from app.purchases.replaying import Replayer
from tests import factories
from tests.purchases.world import World

BOUGHT = (
    ("Pool session", 1_200),
    ("2 bottles of Merlot", 1_799),
    ("zingleberry for Sam's birthday", 900),
    ("Walking frame", 45_000),
    ("Vape kit", 2_500),
    ("Pool session", 1_200),
    ("Colouring pens and wine gums", 700),
)


@pytest.fixture
def bought(world: World) -> World:
    for number, (what, pence) in enumerate(BOUGHT):
        purchases.submit(world.me, world.outside((what, pence, None), payee=f"Shop number {number}"))
    return world


def changed() -> PolicyDocument:
    policy = with_figures(PolicyDocument.load_default(), {"item_threshold_pence": "400"})
    policy = with_words(policy, "alcohol", WordsChange(put_in="zingleberry", take_out="merlot"))
    rule = policy.rules["vapes"]
    return with_rule(policy, rule.code, RuleChange(Action.BLOCK, {}, rule.sentence, rule.next_step))


def decisions(policy: PolicyDocument) -> list[Decision]:
    said = []
    for row in db.session.query(PurchaseDecision).order_by(PurchaseDecision.id):
        facts, agreed = facts_from_dict(json.loads(json.dumps(row.facts)))
        said.append(without_settled(decide(policy, facts), agreed))
    return said


@pytest.mark.parametrize("processes", [1, 2])
def test_it_is_what_the_engine_says(bought: World, processes: int) -> None:
    base, draft = PolicyDocument.load_default(), changed()
    days = simulating.window(1)
    done: list[int] = []
    place = bought.commissioner.id
    tally = simulating.simulate(place, base, draft, days, progress=done.append, processes=processes)
    pairs = Counter(
        (old.action.value, new.action.value) for old, new in zip(decisions(base), decisions(draft), strict=True)
    )
    assert tally.moves == pairs
    assert any(old != new for old, new in pairs)
    assert (tally.purchases, tally.lines, tally.lost, sum(done)) == (len(BOUGHT), len(BOUGHT), 0, len(BOUGHT))
    found = {(item.rule, item.after, item.words) for item in tally.examples}
    assert ("alcohol", Action.BLOCK, ("zingleberry",)) in found
    assert tally.rules["blocked", "vapes"] == 1


def test_the_result_counts_the_queue_and_names_nobody(bought: World) -> None:
    base, draft, days = PolicyDocument.load_default(), changed(), simulating.window(3)
    result = simulating.result_of(simulating.simulate(bought.commissioner.id, base, draft, days), days, base, draft)
    before = sum(decision.action is Action.REFER for decision in decisions(base))
    after = sum(decision.action is Action.REFER for decision in decisions(draft))
    assert (result["queue_before"], result["queue_after"]) == (before, after)
    assert result["a_month"] == round((after - before) / 3, 1)
    written = json.dumps(result)
    for private in ("Sam", "birthday", "Shop number", bought.person.ref, "bottles"):
        assert private not in written
    assert result["working_days"] in range(55, 70)
    told = [row["pence"] for row in (*result["rules"], *result["examples"])]
    assert told
    assert all(pence % 1_000 == 0 for pence in told), "what few paid is not told to the penny"


def test_the_same_policy_changes_nothing(bought: World) -> None:
    base = PolicyDocument.load_default()
    tally = simulating.simulate(bought.commissioner.id, base, base, simulating.window(12))
    assert tally.purchases == len(BOUGHT)
    assert not tally.rules
    assert tally.reworded == 0


def kept(like: PurchaseDecision, purchase_id: UUID, **values: object) -> None:
    row = {"policy_version": "2026.1", "action": like.action, "findings": [], "facts": like.facts, **values}
    db.session.add(PurchaseDecision(commissioner_id=like.commissioner_id, purchase_id=purchase_id, **row))
    db.session.flush()


def another(world: World) -> UUID:
    return world.outside(("Swimming hat", 900, None)).id


def test_only_these_days_this_commissioner_and_each_purchase_once(bought: World) -> None:
    base, place = PolicyDocument.load_default(), bought.commissioner.id
    like = db.session.query(PurchaseDecision).order_by(PurchaseDecision.id).first()
    assert like is not None
    kept(like, like.purchase_id)  # it was sent once more
    kept(like, another(bought), written_at=clock.now() - timedelta(days=400))
    assert simulating.simulate(place, base, base, simulating.window(12)).purchases == len(BOUGHT)
    elsewhere = factories.make_commissioner("Elsewhere")
    assert simulating.simulate(elsewhere.id, base, base, simulating.window(12)).purchases == 0


def test_what_cannot_be_asked_again_is_counted(bought: World) -> None:
    like = db.session.query(PurchaseDecision).first()
    assert like is not None
    kept(like, another(bought), facts={"lines": "gone"})
    kept(like, another(bought), facts={**like.facts, "door": "window"})
    tally = simulating.simulate(bought.commissioner.id, changed(), changed(), simulating.window(1))
    assert (tally.purchases, tally.lost) == (len(BOUGHT), 2)


def test_what_a_change_left_as_it_was_is_not_asked_about_again(bought: World) -> None:
    frame = db.session.query(PurchaseDecision).order_by(PurchaseDecision.id)[3].facts
    asked = Replayer(PolicyDocument.load_default(), changed())
    assert asked.replay([json.dumps(frame)]).moves == {("refer", "refer"): 1}
    agreed = {**frame, "changes": {"same": [0], "cheaper": False}}
    assert asked.replay([json.dumps(agreed)]).moves == {("allow", "allow"): 1}


@pytest.mark.parametrize("months", [0, 13, -1])
def test_months_are_one_to_twelve(months: int) -> None:
    with pytest.raises(ValueError, match="1 to 12"):
        simulating.window(months)


class TestTrials:
    """The trial of a draft, kept with it."""

    @pytest.fixture
    def joy(self, bought: World) -> Actor:
        account = factories.make_account("Joy Abara")
        factories.make_post(account, bought.commissioner, StaffRole.ADMIN)
        return factories.actor_for(account)

    def test_few_are_tried_at_once_and_kept_with_what_was_tried(self, bought: World, joy: Actor) -> None:
        draft = drafts.start(joy, bought.commissioner.id, changed())
        trial = trials.begin(joy, draft.ref, 6)
        assert trial.state is SimulationState.DONE
        assert trial.digest == draft.digest
        assert trial.result["purchases"] == trial.done == len(BOUGHT)
        drafts.change(joy, draft.ref, draft.version, with_figures(queries.draft_document(draft), {"split_days": "9"}))
        assert trial.digest != draft.digest

    def test_many_are_a_job_and_only_one_at_a_time(
        self, bought: World, joy: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(trials, "AT_ONCE", 3)
        draft = drafts.start(joy, bought.commissioner.id, changed())
        trial = trials.begin(joy, draft.ref, 6)
        assert (trial.state, trial.total, trial.result) == (SimulationState.WAITING, len(BOUGHT), {})
        with pytest.raises(StateError, match="already"):
            trials.begin(joy, draft.ref, 6)
        trials.work(str(trial.id), draft.digest)
        db.session.refresh(trial)
        assert trial.state is SimulationState.DONE
        assert trial.result["purchases"] == len(BOUGHT)
        before = dict(trial.result)
        trials.work(str(trial.id), draft.digest)  # the job comes a second time
        assert db.session.get_one(PolicySimulation, trial.id).result == before

    def test_a_draft_that_changed_meanwhile_is_tried_anew(
        self, bought: World, joy: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(trials, "AT_ONCE", 3)
        draft = drafts.start(joy, bought.commissioner.id, changed())
        trial = trials.begin(joy, draft.ref, 1)
        asked = draft.digest
        drafts.change(joy, draft.ref, draft.version, with_figures(queries.draft_document(draft), {"split_days": "9"}))
        trials.work(str(trial.id), asked)
        assert trial.state is SimulationState.FAILED
        assert trials.begin(joy, draft.ref, 1).state is SimulationState.WAITING

    def test_months_that_cannot_be_are_named(self, bought: World, joy: Actor) -> None:
        draft = drafts.start(joy, bought.commissioner.id)
        with pytest.raises(InvalidError) as refused:
            trials.begin(joy, draft.ref, 13)
        assert "months" in refused.value.errors
