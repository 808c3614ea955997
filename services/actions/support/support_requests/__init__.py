"""Requests of countries for support."""
