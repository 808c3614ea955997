"""How many support an initiative, and who of them agreed to be listed."""
