"""Work items: what is to be done for a client, by whom, prepared by one and reviewed by another."""
