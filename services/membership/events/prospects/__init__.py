"""People that a list, a signature or a participation names: each is a known expert, or becomes a prospect."""
