"""Progress reports as PDF: published ones for everybody, and for whoever may read a report what it tells them."""
