"""Webhooks: readers of the feed whose position is stored. What they may read is asked again for each event."""
