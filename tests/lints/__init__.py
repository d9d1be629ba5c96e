"""Our own lints: rules of this house that no tool knows. One file each, with a function `check`.

`python -m tests.lints` runs all of them; `make check` does that. A lint is given the sources of
the project and yields findings, and tests/lints/test_lints.py shows that each of them finds what
it is for.
"""
