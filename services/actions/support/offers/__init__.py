"""Offers of experts to a country that asks for support."""
