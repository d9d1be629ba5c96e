"""The client companies, the people who speak for them, and how those people come in."""
