"""Networks that centres are members of."""
