"""The routes that all kinds of records share: lists, items, parts, changes, transitions, conversations, numbers."""
