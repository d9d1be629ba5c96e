"""Plumbing that every capability stands on; each file is named by its purpose."""
