"""Taking over one's own record, by a link that came by mail."""
