"""Participations of experts in congresses, entered one by one or by the list of a congress."""
