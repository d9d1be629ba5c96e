"""How an installation is configured: by environment variables alone, read once."""
