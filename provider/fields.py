"""Fields of the workbench's forms that WTForms does not have: ids, and lists of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from wtforms import Field
from wtforms.validators import ValidationError
from wtforms.widgets import TextInput

from backoffice.foundation.language import _


class IdField(Field):
    """The id of something that was chosen; `data` is a UUID, or None where nothing was."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]).strip() if valuelist else ""
        try:
            self.data = UUID(text) if text else None
        except ValueError:
            self.data = None
            raise ValidationError(_("Choose one from the list.")) from None

    def _value(self) -> str:
        return str(self.data or "")


def id_of(text: str | None) -> UUID | None:
    """An id from an address; what is none is nothing."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
