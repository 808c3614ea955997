"""The contracts between services: the types of facts with their envelope, and the published views.

Each type is a constant in the module of its owner, and `FACTS` holds all of them. `Fact` is the form between services,
`CloudEvent` the form for partners. Announcing any other type is an error. A consumer names the constant, so that a
search finds who announces a fact and who reacts to it:

    VISIT_DONE = "escm.centres.visit.done.v1"
    REACTIONS: Reactions = {centres.VISIT_DONE: of_each_subject(note_visit)}
"""
