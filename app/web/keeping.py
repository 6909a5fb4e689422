"""What somebody saved, with today's price, and the searches that we watch for them."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField, TextAreaField

from app.core.errors import InvalidError, StateError
from app.identity.rules import Permission, PersonSubject, may
from app.marketplace import keeping, watching
from app.marketplace.asking import Asked
from app.web.context import actor_or_none, current_actor, current_person, person_or_none
from app.web.forms import Form, NotTooLong, show
from app.web.marks import requires

bp = Blueprint("keeping", __name__)


class NoteForm(Form):
    note = TextAreaField("Your note", [NotTooLong(keeping.MAX_NOTE)])


class WatchForm(Form):
    name = StringField("What shall we call it?", [NotTooLong(watching.MAX_NAME)])


@bp.get("/p/<person_ref>/saved")
@requires(Permission.VIEW_BUDGET)
def saved() -> ResponseReturnValue:
    """All that is saved, and what we look out for."""
    person = current_person()
    items = keeping.saved_of(current_actor(), person)
    return render_template(
        "keeping/saved.jinja",
        items=items,
        refs=[item.listing.ref for item in items if item.listing],
        watches=watching.watches_of(current_actor(), person),
        most=watching.MOST_WATCHES,
    )


@bp.post("/p/<person_ref>/saved")
@requires(Permission.PREPARE_PURCHASE)
def save() -> ResponseReturnValue:
    """Save a listing or a provider, and stay where one was."""
    listing, provider = request.form.get("listing", ""), request.form.get("provider", "")
    item = keeping.save(current_actor(), current_person(), listing_ref=listing, provider_ref=provider)
    flash(f"We saved {item.words}. It is under “What I saved” on the page Find support.")
    return redirect(_back(), 303)


@bp.route("/p/<person_ref>/saved/<saved_ref>/note", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def note(saved_ref: str) -> ResponseReturnValue:
    """Write a note on something saved."""
    item = keeping.saved(current_actor(), current_person(), saved_ref)
    form = NoteForm(data={"note": item.note})
    if form.validate_on_submit():
        try:
            keeping.put_note(current_actor(), current_person(), saved_ref, form.note.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash("We kept your note." if form.note.data else "There is no note on it now.")
            return redirect(url_for("keeping.saved"), 303)
    return show("keeping/note.jinja", form, item=item)


@bp.post("/p/<person_ref>/saved/<saved_ref>/out")
@requires(Permission.PREPARE_PURCHASE)
def unsave(saved_ref: str) -> ResponseReturnValue:
    """Take something out of what is saved."""
    words = keeping.unsave(current_actor(), current_person(), saved_ref)
    flash(f"We took {words} out of what you saved.")
    return redirect(_back(), 303)


@bp.route("/p/<person_ref>/watches/new", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def new_watch() -> ResponseReturnValue:
    """Ask to be told of new ones: the address holds the search."""
    asked = watching.asked_of(request.args)
    form = WatchForm(data={"name": watching.say(asked)[: watching.MAX_NAME]})
    if form.validate_on_submit():
        try:
            made = watching.start_watch(current_actor(), current_person(), form.name.data or "", asked)
        except (InvalidError, StateError) as error:
            form.take(error)
        else:
            flash(f"We look out for “{made.name}” every day, and tell you when something new appears.")
            return redirect(url_for("keeping.watch", watch_ref=made.ref), 303)
    return show(
        "keeping/new_watch.jinja",
        form,
        asked=asked,
        parts=parts_of(asked),
        can=watching.can_be_watched(asked),
        email=current_actor().email,
    )


@bp.get("/p/<person_ref>/watches/<watch_ref>")
@requires(Permission.VIEW_BUDGET)
def watch(watch_ref: str) -> ResponseReturnValue:
    """One watched search: what it found so far, and ways to pause or stop it."""
    found = watching.watch(current_actor(), current_person(), watch_ref)
    asked = watching.asked_of(found.asked)
    return render_template(
        "keeping/watch.jinja", watch=found, asked=asked, parts=parts_of(asked), told=watching.told_by(found)
    )


@bp.post("/p/<person_ref>/watches/<watch_ref>/pause")
@requires(Permission.PREPARE_PURCHASE)
def pause(watch_ref: str) -> ResponseReturnValue:
    """Tell nothing for now."""
    found = watching.pause(current_actor(), current_person(), watch_ref)
    flash(f"We paused “{found.name}”. You will hear nothing until you start it again.")
    return redirect(url_for("keeping.watch", watch_ref=found.ref), 303)


@bp.post("/p/<person_ref>/watches/<watch_ref>/resume")
@requires(Permission.PREPARE_PURCHASE)
def resume(watch_ref: str) -> ResponseReturnValue:
    """Tell again, from now on."""
    found = watching.resume(current_actor(), current_person(), watch_ref)
    flash(f"We look out for “{found.name}” again, from today.")
    return redirect(url_for("keeping.watch", watch_ref=found.ref), 303)


@bp.post("/p/<person_ref>/watches/<watch_ref>/stop")
@requires(Permission.PREPARE_PURCHASE)
def stop(watch_ref: str) -> ResponseReturnValue:
    """Stop and forget."""
    name = watching.stop(current_actor(), current_person(), watch_ref)
    flash(f"We do not look out for “{name}” any more.")
    return redirect(url_for("keeping.saved"), 303)


def parts_of(asked: Asked) -> list[tuple[str, str]]:
    """What a search asks for, part by part: the parts of its address that a person chose."""
    query = asked.query
    near = "Anywhere"
    if query.place:
        near = f"{query.place.label}, within {query.miles} {'mile' if query.miles == 1 else 'miles'}"
    free = [query.day.label if query.day else "", query.part.label.lower() if query.part else ""]
    known = [
        ("Words", query.words),
        ("Kind of support", query.category.label if query.category else ""),
        ("Near", near),
        ("Price", f"£{asked.price} or less" if query.max_pence is not None else ""),
        ("Rating", f"{query.min_rating.label} or better" if query.min_rating else ""),
        ("Language", query.language),
        ("When", " ".join(filter(None, free)).capitalize()),
        ("Where", query.where.label if query.where else ""),
        ("Access", ", ".join(query.access).capitalize()),
        ("Who", query.gender.label if query.gender else ""),
        ("New people", "They take new people" if query.taking else ""),
    ]
    return [(name, words) for name, words in known if words]


def _back() -> str:
    """Where the form says it came from, as long as that is a page of this person; else the list."""
    where = request.form.get("back", "")
    own = url_for("home.show")
    return where.rstrip("?") if where.startswith(own) and where.isprintable() else url_for("keeping.saved")


@bp.app_template_global("saved_refs")
def saved_refs() -> dict[str, str]:
    """What is saved for the person of this page, by the reference of the listing or provider; read once a request."""
    if "saved_refs" not in g:
        person = person_or_none()
        g.saved_refs = keeping.saved_refs(current_actor(), person) if person else {}
    refs: dict[str, str] = g.saved_refs
    return refs


@bp.app_template_global("may_keep")
def may_keep() -> bool:
    """Whether the reader may save things for the person of this page."""
    actor, person = actor_or_none(), person_or_none()
    return bool(actor and person and may(actor, Permission.PREPARE_PURCHASE, PersonSubject(person.id)))
