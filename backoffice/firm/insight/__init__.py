"""Seeing through the firm: who did what, and finding things by a few letters."""
