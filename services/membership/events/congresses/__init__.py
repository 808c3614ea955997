"""Congresses of the plan, from which initiatives come."""
