"""Progress reports of country programmes."""
