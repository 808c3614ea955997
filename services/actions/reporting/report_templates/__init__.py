"""Templates of progress reports."""
