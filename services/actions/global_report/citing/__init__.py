"""How editions and contributions are cited, in the formats that reference managers, registrars and archives read."""
