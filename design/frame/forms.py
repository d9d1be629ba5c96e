"""Forms: explicit fields, trimmed text, and a refusal shown at the field it is about."""

from __future__ import annotations

from typing import Any, Self

from flask import g
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.fields.core import UnboundField

from backoffice.foundation.errors import BadInput, Refused


class FormRefused(BadInput):
    """A field is missing or cannot be read."""

    code = "form"


class Form(FlaskForm):
    """A form of one page. Fields that it does not name are never read.

        form = AddClient()
        if form.submitted():
            add_client(g.session, **form.values())
            return redirect_to("clients.show")
        return page("clients/add.html", form=form)

    When the action refuses, the frame runs the view once more: `submitted` is then False and
    the refusal stands at its field.
    """

    class Meta:
        csrf = False  # the frame has checked every unsafe request already

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            kind, given = unbound_field.field_class, dict(unbound_field.kwargs)
            if issubclass(kind, StringField):
                tidy = _as_typed if issubclass(kind, PasswordField) else _trimmed
                given["filters"] = [tidy, *given.get("filters", ())]
            return UnboundField(kind, *unbound_field.args, **given).bind(form=form, **options)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        g.form = self
        refusal: Refused | None = g.get("refused")
        if refusal is not None:
            self._show(refusal)

    def submitted(self) -> bool:
        """Whether it was sent and can be read; False while a refusal is being shown."""
        return g.get("refused") is None and bool(self.validate_on_submit())

    def parsed(self) -> Self:
        """The form itself, or a refusal that names the first field that is wrong."""
        if g.get("refused") is not None:
            raise g.refused
        if not self.validate():
            name, messages = next(iter(self.errors.items()))
            raise FormRefused(str(messages[0]), field=name)
        return self

    def values(self) -> dict[str, Any]:
        """Field name → value, for an action with arguments of the same names."""
        return dict(self.data)

    def problems(self) -> dict[str, str]:
        """Field name → sentence; the name '' stands for the form as a whole."""
        return {name or "": str(messages[0]) for name, messages in self.errors.items()}

    def problem(self, name: str) -> str | None:
        return self.problems().get(name)

    def _show(self, refusal: Refused) -> None:
        if refusal.field in self._fields:
            self[refusal.field].errors = [refusal.message]
        else:
            self.form_errors = [refusal.message]


def _as_typed(value: str | None) -> str:
    """A field that was not sent is an empty one."""
    return value or ""


def _trimmed(value: str | None) -> str:
    return (value or "").strip()
