"""Sends events to webhooks: leases, drivers, attempts and what came of them, replays and mails about failing ones."""
