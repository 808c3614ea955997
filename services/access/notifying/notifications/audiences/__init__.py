"""The accounts that a fact about a record notifies."""
