"""Running the provider: its clients, its staff, its work."""
