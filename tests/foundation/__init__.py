"""Tests of backoffice/foundation."""
