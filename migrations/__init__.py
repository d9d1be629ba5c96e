"""How the database comes to be: one reversible idea per file, safe for the running release."""
