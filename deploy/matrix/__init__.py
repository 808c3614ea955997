"""Who may do what, computed from the services' role tables and contracts: for access, for people and for a test."""
