"""Experts and institutions: who they are, how they are entered, claimed, merged, and for how long they are members.

Experts work on their own record, officers review applications, representatives speak for institutions. `duplicates`
finds records that may be the same, `merges` makes them one. All other contexts refer to these records.
"""
