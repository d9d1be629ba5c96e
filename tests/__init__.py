"""The tests mirror the tree; `every/` sweeps all tables and routes, `journeys/` tells stories."""
