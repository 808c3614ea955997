"""What certificates are about: the titles of initiatives and congresses."""
