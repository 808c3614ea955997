"""What a sandbox has in addition, for whoever tries an integration: events on demand, and resets."""
