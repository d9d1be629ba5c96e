"""The portal: the web app of the people who speak for clients."""
