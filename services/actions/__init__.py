"""Actions owns frameworks, country programmes with their actions and milestones, the coordination with governments, and
the stage of every country (tables `action_*`). It announces `actions.*`.

It consumes facts about committees and centres, and about its own endorsements, correspondence, programmes, actions and
milestones, which may change a country's stage; and about merged and unmerged experts and institutions. It reads other
services only through their published views.
"""
