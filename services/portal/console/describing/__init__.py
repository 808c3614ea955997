"""What the console knows of a kind of record from the contract alone: its list, its columns and filters, and the fields
of its forms."""
