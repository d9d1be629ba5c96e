"""A tour of both apps: every page as a picture, in two widths. `python -m tests.tour`."""
