"""The workbench, through its routes."""
