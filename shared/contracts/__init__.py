"""What services promise one another: the types of facts with their envelope, and the views that they publish.

Each type is a constant of the module of its owner, and `FACTS` holds all of them; `Fact` is one as it travels;
`CloudEvent` is one as partners read it. A type that is no such constant is refused when it is announced. A consumer
names the constant, so that a search finds who announces a fact and who reacts to it:

    VISIT_DONE = "escm.centres.visit.done.v1"
    REACTIONS: Reactions = {centres.VISIT_DONE: of_each_subject(note_visit)}
"""
