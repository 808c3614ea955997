"""Lists and records of every kind, as the contract describes them: what somebody may know, its steps and history."""
