"""The wording of certificates, by kind and language."""
