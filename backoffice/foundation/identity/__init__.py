"""How anybody proves who they are: passwords, codes, sessions, throttling. Staff and the people
of clients use the same mechanics over different tables."""
