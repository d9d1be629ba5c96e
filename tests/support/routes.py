"""Every rule of an app as addresses that can be asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from flask import Flask
from werkzeug.routing import Rule, UUIDConverter

from backoffice.foundation.ids import new_id
from design.frame.permits import Permit, permit_of

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOT_SWEPT = {"sign_in.sign_out"}  # it does what it says to the tab that sweeps


@dataclass(frozen=True)
class Ask:
    """One verb of one rule."""

    rule: Rule
    verb: str
    permit: Permit

    @property
    def of_client(self) -> bool:
        return "client" in self.rule.arguments

    def path(self, app: Flask, client: UUID | None, other_id: UUID | None = None) -> str:
        """An address; ids other than the client's are `other_id`, else nobody's."""
        values: dict[str, object] = {}
        for name in self.rule.arguments:
            converter = self.rule._converters[name]
            is_id = isinstance(converter, UUIDConverter)
            values[name] = (other_id or new_id()) if is_id else "1"
        if self.of_client:
            values["client"] = client
        server = app.url_map.bind("localhost")
        return server.build(self.rule.endpoint, values, method=self.verb)

    def __str__(self) -> str:
        return f"{self.verb} {self.rule.rule}"


def every_ask(app: Flask) -> Iterator[Ask]:
    """Each rule with each of its verbs; HEAD and OPTIONS follow from GET."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        permit = permit_of(app, rule.endpoint)
        assert permit is not None
        for verb in VERBS:
            if verb in (rule.methods or ()) and rule.endpoint not in NOT_SWEPT:
                yield Ask(rule, verb, permit)


def masked(body: str) -> str:
    """A page without what differs from answer to answer: nonces, tokens, its own address, ids."""
    body = re.sub(r'(nonce|data-guards|hx-headers:inherited)="[^"]*"', r'\1=""', body)
    body = re.sub(r'name="csrf_token" value="[^"]*"', "", body)
    return re.sub(r"\d\d:\d\d", "", body)
