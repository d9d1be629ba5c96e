"""Bad input, sent as a browser or an attacker sends it; docs/bad-input.md says which is where."""
