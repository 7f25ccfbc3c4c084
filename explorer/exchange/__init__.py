"""What goes out and comes in as files of a known kind: maps as pictures and numbers, networks."""
