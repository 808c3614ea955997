"""The public register of centres: what it shows on each day, profiles, registrations of earlier centres, closures.

It is for everybody; directors write profiles, and the office enters, suspends and closes centres.
"""
