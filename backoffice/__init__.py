"""The business of an outsourced back office: no Flask, no request, no template logic."""
