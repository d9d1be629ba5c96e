"""Banking: a client's bank statements become coded, reviewed lines of its books."""
