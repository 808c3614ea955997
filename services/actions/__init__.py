"""Actions owns frameworks, country programmes with their actions and milestones, the coordination with governments,
and the stage of every country (tables `action_*`), and announces `actions.*`.

It listens to committees and centres, and to its own endorsements, correspondence, programmes, actions and milestones:
each may move a country's stage; and to merged and unmerged experts and institutions. Of other services it reads their
published views only.
"""
