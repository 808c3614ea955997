"""Who looks at an edition: reviewers, rounds of review, their comments, and names under which they appear."""
