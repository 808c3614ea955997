"""What anybody learns about a certificate from its code."""
