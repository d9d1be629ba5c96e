"""Work in the background as staff see it: what runs, what is done today, what failed and why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from backoffice.firm.work.batches import try_all_again, try_item_again
from backoffice.foundation.batches import resume_batch, stop_batch
from backoffice.foundation.language import _, ngettext
from design.frame import block, page, permitted, redirect_to, toast
from design.frame.answers import is_partial
from provider.batch_view import batches_on_page

pages = Blueprint("batches", __name__)


@pages.get("/batches")
@permitted("batches.see")
def show_all() -> ResponseReturnValue:
    seen: dict[str, Any] = batches_on_page(g.session, request.args.get("batch"))
    if is_partial():
        return block("batches/batches.html", "now", **seen)
    return page("batches/batches.html", **seen)


@pages.post("/clients/<uuid:client>/batch-items/<uuid:item>/retry")
@permitted("batches.retry")
def retry(item: UUID) -> ResponseReturnValue:
    try_item_again(g.session, item, by=g.actor)
    toast(_("It is tried again. If it fails once more, it comes back here."))
    return redirect_to("batches.show_all", batch=request.form.get("batch"))


@pages.post("/clients/<uuid:client>/batches/<uuid:batch>/retry")
@permitted("batches.retry")
def retry_all(batch: UUID) -> ResponseReturnValue:
    again = try_all_again(g.session, batch, by=g.actor)
    toast(ngettext("%(number)s is tried again.", "%(number)s are tried again.", again))
    return redirect_to("batches.show_all", batch=batch)


@pages.post("/clients/<uuid:client>/batches/<uuid:batch>/stop")
@permitted("batches.retry")
def stop(batch: UUID) -> ResponseReturnValue:
    stop_batch(g.session, batch)
    toast(_("It stops after what is in hand."), undo=None)
    return redirect_to("batches.show_all", batch=batch)


@pages.post("/clients/<uuid:client>/batches/<uuid:batch>/resume")
@permitted("batches.retry")
def resume(batch: UUID) -> ResponseReturnValue:
    resume_batch(g.session, batch)
    toast(_("It goes on."))
    return redirect_to("batches.show_all", batch=batch)
