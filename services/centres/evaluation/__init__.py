"""Evaluations of centres: a panel scores blindly, the centre reads the findings without names and responds."""
