"""Whatever is done to a ledger in whatever order, a plain replay in Python gives the same totals."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

from app.core.errors import InsufficientFundsError
from app.ledger import proof
from app.ledger.rules import Phase
from tests.ledger.test_ledger import Pots


@pytest.mark.usefixtures("session")
def test_the_ledger_agrees_with_a_plain_model(app: Flask) -> None:
    class Ledger(RuleBasedStateMachine):
        holds = Bundle("holds")

        def __init__(self) -> None:
            super().__init__()
            self.pots = Pots()
            self.credit = self.spent = 0
            self.held: dict[UUID, int] = {}

        @rule(pence=st.integers(1, 50_000))
        def pay_in(self, pence: int) -> None:
            self.pots.write(self.pots.funder, self.pots.budget, pence)
            self.credit += pence

        @rule(target=holds, pence=st.integers(1, 60_000))
        def hold(self, pence: int) -> UUID:
            subject = uuid4()
            fits = pence <= self.credit - self.spent - sum(self.held.values())
            try:
                self.pots.write(self.pots.budget, self.pots.payee, pence, Phase.PENDING, subject)
                assert fits
                self.held[subject] = pence
            except InsufficientFundsError:
                assert not fits
            return subject

        @rule(subject=consumes(holds), phase=st.sampled_from([Phase.POST, Phase.VOID]))
        def resolve(self, subject: UUID, phase: Phase) -> None:
            pence = self.held.pop(subject, 0)
            assert self.pots.resolve(subject, phase) == pence
            if phase is Phase.POST:
                self.spent += pence

        @invariant()
        def agrees(self) -> None:
            assert self.pots.available == self.credit - self.spent - sum(self.held.values())

        def teardown(self) -> None:
            assert not proof.verify().problems

    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=12, stateful_step_count=15, suppress_health_check=list(HealthCheck)
        ),
    )
