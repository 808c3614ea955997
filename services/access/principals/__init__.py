"""Who acts: accounts of people, clients and API keys of systems, with their sessions and tokens.

Administrators and the focal points of a country make accounts and clients; tokens say to the other services who calls.
"""
