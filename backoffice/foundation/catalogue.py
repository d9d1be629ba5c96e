"""What the foundation itself offers to the worker: the sending of mail."""

from __future__ import annotations

from backoffice.foundation import mail
from backoffice.foundation.language import _
from backoffice.foundation.registry import BatchKind, registry

registry.add(BatchKind(name=mail.KIND, title=lambda: _("Mail"), run=mail.send))
