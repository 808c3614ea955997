"""What certificates are about: the titles of initiatives, congresses and progress reports."""
