"""Second factors of people: codes of an authenticator app, recovery codes, passkeys.

People add and remove theirs by the resource; its `proving` checks them at a sign-in, for which pages of `signing_in`
ask.
"""
