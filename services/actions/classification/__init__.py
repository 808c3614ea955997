"""Schemes of codes, such as the SDG targets, in editions that do not change once they are published.

The office enters schemes and editions. `codes` checks the tags that actions, milestones, evidence and sections of
reports carry, `states` says where each code of an edition stands, and `mappings` which codes of two schemes correspond.
"""
