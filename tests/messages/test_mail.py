"""Notices, and their e-mails through a real mail server."""

from __future__ import annotations

import dataclasses
import smtplib
import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import func, select, text

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError
from app.identity.rules import StaffRole
from app.messages import heads, mail, queries, service
from app.messages.models import Notice
from app.messages.rules import MAX_BODY, About, NoticeKind
from tests import factories
from tests.purchases.world import World, build


class Postbox:
    """Keeps what comes in; refuses the first ``refuse`` of them, as a busy server does."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuse = 0

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        if self.refuse:
            self.refuse -= 1
            return "451 Try again later"
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def postbox(app: Flask) -> Iterator[Postbox]:
    box, port = Postbox(), _free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = dataclasses.replace(
        before, smtp_host="127.0.0.1", smtp_port=port, smtp_starttls=False, base_url="https://purse.example.org"
    )
    yield box
    app.config["SETTINGS"] = before
    controller.stop()


@pytest.fixture
def world(session: object) -> World:
    return build()


def waiting_jobs() -> list[dict[str, str]]:
    return list(
        db.session.scalars(
            text("SELECT args FROM procrastinate_jobs WHERE task_name = 'messages.send_email' ORDER BY id")
        )
    )


def test_an_email_says_only_that_there_is_news(world: World, postbox: Postbox) -> None:
    purchase = world.referred()
    (job,) = waiting_jobs()
    mail.send_email(**job)
    mail.send_email(**job)  # started twice: sent once
    (message,) = postbox.messages
    assert message["To"] == world.coordinator.email
    whole = message.as_string()
    assert "https://purse.example.org/" in whole
    for secret in (purchase.title, "Karaoke", world.person.given_name, "32", purchase.ref, "Northside"):
        assert secret not in f"{message['Subject']} {message.get_content()}", secret


def test_a_mail_server_that_is_busy_is_tried_again(world: World, postbox: Postbox) -> None:
    world.referred()
    postbox.refuse = 1
    (job,) = waiting_jobs()
    with pytest.raises((smtplib.SMTPException, OSError)):
        mail.send_email(**job)
    notice = db.session.scalars(select(Notice)).one()
    assert notice.emailed_at is None  # so the job runner's next attempt sends it
    mail.send_email(**job)
    assert len(postbox.messages) == 1
    assert notice.emailed_at is not None


def test_no_mail_server_means_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.referred()
    with caplog.at_level("INFO", logger="carepurse.mail"):
        mail.send_email(**waiting_jobs()[0])
    assert "There is something for you to look at" in caplog.text


def test_a_notice_and_its_email_exist_only_with_what_they_tell(world: World) -> None:
    undone = db.session.begin_nested()
    world.referred()
    assert len(waiting_jobs()) == 1
    undone.rollback()
    assert waiting_jobs() == []
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0


def test_one_sees_ones_own_notices_only(world: World) -> None:
    world.referred()
    assert (queries.unread_count(world.priya), queries.unread_count(world.me)) == (1, 0)
    (notice,) = queries.notices_of(world.priya).rows
    assert notice.about is About.REQUEST
    with pytest.raises(NotFoundError):
        service.mark_read(world.me, notice.ref)
    service.mark_read(world.priya, notice.ref)
    assert queries.unread_count(world.priya) == 0
    assert service.mark_all_read(world.priya) == 0


def test_the_monthly_run_tells_every_own_side_and_no_broker(world: World) -> None:
    world.broker()
    other = build()
    titles = {world.person.id: "£1,000.00 came in", other.person.id: "£5.00 came in"}
    assert service.notify_holder_sides(factories.SYSTEM, NoticeKind.MONEY_IN, titles) == 2
    assert [row.title for row in queries.notices_of(other.me).rows] == ["£5.00 came in"]


@pytest.mark.parametrize("body", ["", " \n ", "\x00\ud800", "x" * (MAX_BODY + 1)])
def test_an_empty_or_endless_message_is_refused_kindly(world: World, body: str) -> None:
    with pytest.raises(InvalidError):
        service.write(
            world.me,
            About.PURCHASE,
            world.person.id,
            body,
            commissioner_id=world.commissioner.id,
            person_id=world.person.id,
        )


def test_the_auditors_get_the_head_of_the_audit_by_e_mail(app: Flask, session, postbox: Postbox) -> None:
    board = factories.make_commissioner()
    auditor, gone = factories.make_account("Stephen Kwan"), factories.make_account("Gone Auditor")
    for account in (auditor, gone):
        factories.make_post(account, board, StaffRole.AUDITOR)
    gone.closed_at = clock.now()
    with clock.at(clock.now() - timedelta(days=2)):
        audit.record(factories.SYSTEM, "test.look", "Looked", subject_kind="plan")
    db.session.flush()
    sealed = heads.seal_audit()
    assert len(sealed) >= 2
    jobs = db.session.scalars(text(f"SELECT args FROM procrastinate_jobs WHERE task_name = '{heads.SEND_HEAD}'")).all()
    assert jobs == [{"account_id": str(auditor.id), "day": sealed[-1].day.isoformat()}]
    heads.send_head(**jobs[0])
    (message,) = postbox.messages
    assert message["To"] == auditor.email
    assert sealed[-1].head in message.get_content()
    assert not heads.seal_audit(), "the second run seals nothing and tells nobody"
    heads.send_head(str(gone.id), jobs[0]["day"])
    assert len(postbox.messages) == 1
