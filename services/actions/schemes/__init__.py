"""Classification schemes in editions."""
