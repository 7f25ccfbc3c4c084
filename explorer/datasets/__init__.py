"""Data sets: labelled images, drawn by the program, found on the disk, or downloaded by name."""
