"""The workbench: the web app of the provider's staff."""
