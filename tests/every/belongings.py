"""Everything that a database holds besides rows: what a migration may make and must take back."""

from __future__ import annotations

from sqlalchemy import Connection, text

OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'"
NAME = "n.nspname || '.' || c.relname"
OF_A_CLASS = "JOIN pg_class c ON c.oid = x.{} JOIN pg_namespace n ON n.oid = c.relnamespace"

QUESTIONS = {
    "schema": f"SELECT n.nspname || ' of ' || n.nspowner::regrole FROM pg_namespace n WHERE {OURS}",
    "schema grant": f"SELECT n.nspname || ' ' || unnest(n.nspacl) FROM pg_namespace n WHERE {OURS}",
    "relation": (
        f"SELECT concat_ws(' ', {NAME}, c.relkind, c.relowner::regrole, c.relrowsecurity,"
        " c.relforcerowsecurity, c.reloptions::text)"
        f" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS}"
    ),
    "grant": (
        f"SELECT {NAME} || ' ' || unnest(c.relacl)"
        f" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS}"
    ),
    "column": (
        f"SELECT concat_ws(' ', {NAME}, x.attname, format_type(x.atttypid, x.atttypmod),"
        " x.attnotnull, pg_get_expr(d.adbin, d.adrelid))"
        f" FROM pg_attribute x {OF_A_CLASS.format('attrelid')}"
        " LEFT JOIN pg_attrdef d ON d.adrelid = x.attrelid AND d.adnum = x.attnum"
        f" WHERE {OURS} AND x.attnum > 0 AND NOT x.attisdropped"
    ),
    "column grant": (
        f"SELECT {NAME} || '.' || x.attname || ' ' || unnest(x.attacl)"
        f" FROM pg_attribute x {OF_A_CLASS.format('attrelid')} WHERE {OURS}"
    ),
    "constraint": (
        f"SELECT concat_ws(' ', {NAME}, x.conname, pg_get_constraintdef(x.oid))"
        f" FROM pg_constraint x {OF_A_CLASS.format('conrelid')} WHERE {OURS}"
    ),
    "index": (
        f"SELECT pg_get_indexdef(x.indexrelid)"
        f" FROM pg_index x {OF_A_CLASS.format('indrelid')} WHERE {OURS}"
    ),
    "trigger": (
        "SELECT concat_ws(' ', pg_get_triggerdef(x.oid), x.tgenabled)"
        f" FROM pg_trigger x {OF_A_CLASS.format('tgrelid')} WHERE {OURS} AND NOT x.tgisinternal"
    ),
    "policy": (
        f"SELECT concat_ws(' ', {NAME}, x.polname, x.polcmd, x.polroles::regrole[],"
        " pg_get_expr(x.polqual, x.polrelid), pg_get_expr(x.polwithcheck, x.polrelid))"
        f" FROM pg_policy x {OF_A_CLASS.format('polrelid')} WHERE {OURS}"
    ),
    "function": (
        "SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n"
        f" ON n.oid = p.pronamespace WHERE {OURS} AND p.prokind IN ('f', 'p')"
    ),
    "function grant": (
        "SELECT p.oid::regprocedure || ' ' || unnest(p.proacl) FROM pg_proc p JOIN pg_namespace n"
        f" ON n.oid = p.pronamespace WHERE {OURS}"
    ),
    "type": (
        "SELECT n.nspname || '.' || t.typname FROM pg_type t JOIN pg_namespace n"
        f" ON n.oid = t.typnamespace WHERE {OURS}"
    ),
    "default grant": "SELECT concat_ws(' ', defaclrole::regrole, defaclacl) FROM pg_default_acl",
    "extension": "SELECT extname::text FROM pg_extension",
}


def belongings(connection: Connection) -> set[str]:
    """One sentence per thing; where the migrations stand is Alembic's own."""
    return {
        f"{kind}: {thing}"
        for kind, question in QUESTIONS.items()
        for thing in connection.scalars(text(question.replace(":", r"\:")))
        if "alembic_version" not in thing
    }
