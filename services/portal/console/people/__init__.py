"""People and access: who has which role, the programs of offices, their secrets and use, and what is sent to them."""
