"""`python -m backoffice.command_line`, which is what `.venv/bin/backoffice` runs."""

from backoffice.command_line import main

main()
