"""Types that stay exact, and whose comparisons stay quick and silent under row-level security."""

from __future__ import annotations

from sqlalchemy import Connection, text

from tests.every.reviewed import NUMERIC

# The equality of each of these is leakproof (`pg_proc.proleakproof`), so an index serves it under
# a policy; jsonb is here to be shown, not to be searched.
ALLOWED = {
    "bigint", "boolean", "bytea", "date", "jsonb", "numeric", "text",
    "timestamp with time zone", "uuid",
}  # fmt: skip


def columns(connection: Connection) -> list[tuple[str, str, str, bool]]:
    """(table, column, type without its size, required) of all our tables."""
    rows = connection.execute(
        text(
            "SELECT c.relname, a.attname, format_type(a.atttypid, NULL), a.attnotnull"
            " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname IN ('public', 'firm') AND c.relkind IN ('r', 'p')"
            " AND c.relname <> 'alembic_version' AND a.attnum > 0 AND NOT a.attisdropped"
        )
    )
    return [(table, column, kind, required) for table, column, kind, required in rows]


def test_no_column_has_another_type(connection: Connection) -> None:
    """No enums (their `=` is not leakproof), no floats, no instants without a zone."""
    others = {
        f"{table}.{column}": kind
        for table, column, kind, _ in columns(connection)
        if kind not in ALLOWED
    }
    assert others == {}


def test_money_is_whole_minor_units(connection: Connection) -> None:
    money = {kind for _, column, kind, _ in columns(connection) if column.endswith("_minor")}
    numeric = {
        f"{table}.{column}" for table, column, kind, _ in columns(connection) if kind == "numeric"
    }
    assert money == {"bigint"}
    assert numeric == NUMERIC


def test_every_id_is_made_by_us_and_none_by_a_sequence(connection: Connection) -> None:
    """A sequence tells each client how many rows the others make."""
    sequences = connection.scalars(
        text("SELECT relname FROM pg_class WHERE relkind = 'S' AND relname NOT LIKE 'pg\\_%'")
    )
    assert list(sequences) == []
    others = {
        f"{table}.{column}"
        for table, column, kind, _ in columns(connection)
        if (column == "id" or column.endswith("_id")) and kind != "uuid"
    }
    assert others == {
        "business_clock.id",  # always 1
        "mail.message_id",  # as mail programs write it
    }


def test_a_client_id_is_never_null(connection: Connection) -> None:
    optional = {
        f"{table}.{column}"
        for table, column, _, required in columns(connection)
        if column == "client_id" and not required
    }
    assert optional <= {"person_session.client_id", "person_token.client_id"}


def test_a_state_is_one_of_the_words_of_its_check(connection: Connection) -> None:
    checks = "\n".join(
        connection.scalars(
            text(
                "SELECT c.conrelid::regclass || ': ' || pg_get_constraintdef(c.oid)"
                " FROM pg_constraint c WHERE c.contype = 'c'"
            )
        )
    )
    unchecked = {
        f"{table}.{column}"
        for table, column, _, _ in columns(connection)
        if column == "state" and f"{table}: CHECK ((state = ANY (ARRAY[" not in checks
    }
    assert unchecked == set()
