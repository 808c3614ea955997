"""Signing in to the console by a code, going on with what was entered, and signing out."""
