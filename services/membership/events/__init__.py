"""Congresses, who takes part in them, and the people whom a list names and whom the register does not know yet.

The office makes a congress, and officers import its lists of participants.
"""
