"""Second factors of people: codes of an authenticator app, recovery codes, passkeys.

`kinds` checks what a factor shows, `factors` is the resource by which people add and remove theirs, `proving` uses them
to sign in. Pages of `signing_in` ask for them.
"""
