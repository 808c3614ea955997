"""Rules in plain Python, which know neither HTTP nor a database.

`Principal` is who acts, with its grants; `Resource` names a kind of record; `Lifecycle` holds the states and
transitions of one; `EscmError` and its kinds are what may go wrong; `now` and `today` are the clock that tests set:

    LIFECYCLE = Lifecycle(("planned", "done"), (transition("complete", "planned", "done"),))
    LIFECYCLE.advance("planned", "complete", None, lambda verb: True)  # the transition, and "done"
"""
