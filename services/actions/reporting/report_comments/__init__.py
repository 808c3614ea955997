"""Comments of reviewers on progress reports."""
