"""Comments of reviewers and officials on contributions, and the answers of their authors."""
