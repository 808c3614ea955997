"""Erasures of experts: requested, held, run, reported."""
