"""National committees, their seats, meetings and decisions.

Officers of a country form a committee; its secretary keeps seats, minutes and votes. A centre needs an active one.
"""
