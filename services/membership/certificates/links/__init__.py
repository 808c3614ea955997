"""Links to the files of certificates for those without an account."""
