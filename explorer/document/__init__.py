"""What is being worked on: the network and its edits, and how it is looked at."""
