"""Second factors of people: codes of an authenticator app, recovery codes, passkeys.

By the resource people add and remove theirs; `proving` checks them at a sign-in, for which the pages of `signing_in`
ask.
"""
