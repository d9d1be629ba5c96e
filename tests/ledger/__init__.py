"""The ledger: its laws, held against raw SQL, races, and an oracle."""
