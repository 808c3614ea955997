"""`/console/duplicates/{id}` and `/console/merges/{id}`: two records that may be one, and what a merge did."""
