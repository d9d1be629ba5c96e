"""The portal, through its routes."""
