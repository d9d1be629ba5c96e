"""Nothing sets a scope but the doors, and no text of ours becomes SQL."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.lints.sources import Finding, Source, Sources

BARE_SET = re.compile(
    r"(^|;)\s*(SET\s+(?!DEFAULT\b|NULL\b|TRANSACTION READ ONLY)|RESET\s+"
    r"|(SELECT\s+)?set_config\s*\()",
    re.IGNORECASE,
)
MAY_SET = {
    "backoffice/foundation/tenancy.py",  # the three doors
    "migrations/env.py",  # the migrator becomes the owner of the tables
}
# Names of tables, columns and roles cannot be bound; these put in constants of their own module.
MAY_BUILD_SQL = {
    "backoffice/foundation/roles.py",
    "backoffice/ledger/posting_statements.py",
    "migrations/env.py",
    "migrations/helpers.py",
}


def check(sources: Sources) -> Iterator[Finding]:
    for source in sources.python:
        if source.path not in MAY_SET:
            yield from bare_sets(source)
        if source.path not in MAY_BUILD_SQL and not source.path.startswith("migrations/versions/"):
            yield from built_sql(source)


def bare_sets(source: Source) -> Iterator[Finding]:
    beginnings = not_sql_by_themselves(source)
    for node in ast.walk(source.tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in beginnings and BARE_SET.search(node.value):
            yield Finding(source.path, node.lineno, "sets something: only a door may")


def not_sql_by_themselves(source: Source) -> set[int]:
    """Docstrings, sentences for people (`_("Set …")`), and the later pieces of f-strings, which
    begin in the middle of a statement."""
    found: set[int] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.JoinedStr):
            found |= {id(piece) for piece in node.values[1:]}
        elif isinstance(node, ast.Expr):
            found.add(id(node.value))
        elif isinstance(node, ast.Call) and name_of(node.func) in ("_", "ngettext"):
            found |= {id(given) for given in node.args}
    return found


def built_sql(source: Source) -> Iterator[Finding]:
    """`text(f"…")`, and text() of a sum or of a % or a format()."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call) or name_of(node.func) != "text" or not node.args:
            continue
        given = node.args[0]
        built = isinstance(given, ast.JoinedStr | ast.BinOp)
        formatted = isinstance(given, ast.Call) and name_of(given.func) == "format"
        if built or formatted:
            yield Finding(source.path, node.lineno, "text() of a built string: bind parameters")


def name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
