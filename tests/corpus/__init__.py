"""Sweeps over files that nobody on this project made, where they lie beside it."""
