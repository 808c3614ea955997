"""What a public page shows of a country: its programme, actions and indicators, as JSON and as PDF."""
