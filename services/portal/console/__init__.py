"""The console of the secretariat and of countries, `/console`: pages over the API for people who signed in.

The console does what the token of its reader may do, and knows nothing that the API would not return to them.
"""
