"""What the provider does for its clients: one folder, one service."""
