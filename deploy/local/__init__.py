"""The whole system on one machine: embedded PostgreSQL and Valkey, and the system's processes."""
