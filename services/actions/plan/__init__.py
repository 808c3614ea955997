"""What a country plans: the framework of the plan, the country's programme, its actions and their milestones.

Authors of a country write, the office reviews, publishers publish. `timeline` says what was planned, what happened and
how much is done. Everything that measures, reports or shows refers to these records.
"""
