"""Exports of the personal data that membership stores."""
