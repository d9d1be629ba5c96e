"""Clients: the list, adding one, and everything about one in a look."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, request
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired

from backoffice.firm.clients import queries
from backoffice.firm.clients.actions import add_client
from backoffice.firm.clients.rules import CUSTOMARY
from backoffice.firm.staff import queries as staff
from backoffice.firm.staff.actions import assign
from backoffice.firm.work.queries import work_of_client
from backoffice.foundation.language import _
from backoffice.ledger import charts
from design.frame import NEW_CLIENT, Form, page, permitted, redirect_to, toast
from provider import words
from provider.work_places import place_of

pages = Blueprint("clients", __name__)

PAGE_ROWS = queries.PAGE_ROWS


class AddClient(Form):
    name = StringField(validators=[InputRequired()])
    country = StringField(validators=[InputRequired()])
    currency = StringField()
    zone = StringField()
    fiscal_year_start = StringField()
    chart = SelectField(validate_choice=False)


@pages.get("/clients")
@permitted("clients.see")
def show_all() -> Any:
    named, after = request.args.get("q", "").strip(), request.args.get("after", "")
    found = staff.my_clients(g.session, named=named, after=after)
    more = len(found) > PAGE_ROWS
    return page(
        "clients/all.html",
        clients=found[:PAGE_ROWS],
        named=named,
        words=words,
        after=queries.name_key(found[PAGE_ROWS - 1].name) if more else None,
    )


@pages.route("/clients/add", methods=["GET", "POST"])
@permitted("clients.add", door=NEW_CLIENT)
def add() -> Any:
    form = AddClient()
    if form.submitted():
        client = add_client(g.session, g.runtime.keyring, **form.values())
        if g.me.role == "account_manager":  # who sees only what is assigned sees their own
            assign(g.session, staff_id=g.me.id, duty="account_manager")
        toast(_("%(name)s is a client now.", name=client.name))
        return redirect_to("clients.show", client=client.id)
    templates = [(chart.name, chart.title) for chart in charts()]
    return page("clients/add.html", form=form, charts=templates, customary=CUSTOMARY)


@pages.get("/clients/<uuid:client>")
@permitted("clients.see", seen="client.seen")
def show() -> Any:
    return page(
        "clients/show.html",
        people=queries.members(g.session),
        invitations=queries.open_invitations(g.session),
        assigned=staff.assigned(g.session),
        work=work_of_client(g.session),
        place=place_of,
        words=words,
    )
