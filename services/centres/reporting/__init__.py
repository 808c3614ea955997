"""The annual reports that a centre owes for each year of its term, by template.

Directors write them, officers accept them or ask for more.
"""
