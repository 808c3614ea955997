"""What is seen of all services at once: the audit trail, and what reasons, states and verbs are called.

Auditors and administrators read the trail; the vocabularies are for everybody.
"""
