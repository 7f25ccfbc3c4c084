"""Where frames come from: one file is one kind of source, and all of them register themselves."""
