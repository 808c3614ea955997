"""Supports of initiatives: what people and institutions sign."""
