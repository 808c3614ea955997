"""Personal data: the export about a person, erasures, how long data is retained, and the record of processing.

Experts ask about themselves; the data protection officer decides and answers an authority.
"""
