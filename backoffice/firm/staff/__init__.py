"""The provider's people: departments, teams, who is assigned to which client, and their sign-in."""
