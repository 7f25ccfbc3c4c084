"""Kinds of data sets: one file, one kind, or one set that the program draws."""
