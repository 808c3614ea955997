"""What operators see of accounts, clients and grants, and end at once, when nobody of the secretariat can."""
