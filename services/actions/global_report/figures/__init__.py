"""Figures of editions: public statistics, live while the edition is written, then frozen."""
