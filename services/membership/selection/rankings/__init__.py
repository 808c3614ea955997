"""The ranking of the nominations of a call, the balance of its selection, and its results."""
