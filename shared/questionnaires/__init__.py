"""Questions that the secretariat asks in forms, and what is answered.

A template has sections of questions, each with a type. `template.faults` says what is wrong with it, `answers.faults`
what is wrong with answers, `answers.missing` which required ones are absent. Figures are the numbers that statistics
add up. Plain Python.

asked = questions_of(sections)
errors = [*faults(asked, answers, "/answers"), *missing(asked, answers, figures)]
"""
