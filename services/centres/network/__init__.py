"""Networks of centres, and partnerships that one side proposes and the other accepts."""
