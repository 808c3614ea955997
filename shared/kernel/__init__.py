"""Rules in plain Python, without HTTP or a database.

`Principal` is an actor with its grants; `Resource` names a kind of record; `Lifecycle` holds its states and
transitions; `EscmError` and its subclasses are the possible failures; `now` and `today` are the clock that tests set:

    LIFECYCLE = Lifecycle(("planned", "done"), (transition("complete", "planned", "done"),))
    LIFECYCLE.advance("planned", "complete", None, lambda verb: True)  # the transition, and "done"
"""
