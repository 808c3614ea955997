"""Results and targets as rows of files: a row for the whole, and one for each part."""
