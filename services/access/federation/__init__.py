"""People sign in at the identity provider of their ministry or university.

The secretariat connects a provider by its issuer: it is tested, and activated by a second person. Who comes back from
it is the account that its subject is linked with. A link needs a sign-in, an invitation, or a domain of the provider.
"""
