"""Who may do what: grants of roles over a scope, and the offices that give and end them.

Whoever grants needs authority over all that is given; a second person confirms what is most sensitive.
"""
