"""Builds of editions: the whole report as files, of which each is made again from the same texts."""
