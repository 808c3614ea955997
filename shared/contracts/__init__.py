"""What services promise one another: the types of facts, and their envelope.

`FACTS` holds every type that may be announced, registered by its owner in a module of the owner's name; `Fact` is one
as it travels; `CloudEvent` is one as partners read it. An unregistered type is refused when it is announced:

    FACTS = owner("centres", {"visit": ("created", "updated", "done")})  # escm.centres.visit.done.v1
"""
