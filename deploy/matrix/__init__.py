"""Who may do what, as the services' own role tables and contracts have it: for access, for people and for a test."""
