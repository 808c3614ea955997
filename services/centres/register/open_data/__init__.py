"""The register and the committees as open data."""
