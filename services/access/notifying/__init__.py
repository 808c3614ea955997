"""How people and systems hear of what happened: the feed of facts, the work list, and notifications by mail."""
