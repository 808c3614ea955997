"""Who is named with comments and answers on a published edition: only people who consent to it."""
