"""The record of processing activities (Art. 30 GDPR), from catalogues, role tables and rules."""
