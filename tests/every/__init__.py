"""Sweeps over everything of a kind: tables, policies, grants, routes, migrations."""
