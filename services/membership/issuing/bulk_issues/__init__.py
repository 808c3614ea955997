"""Issuing many certificates of one kind by a job."""
