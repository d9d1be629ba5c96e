"""The portal: the web app of the client companies."""
