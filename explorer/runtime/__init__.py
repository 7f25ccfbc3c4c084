"""The threads: each a loop around a function that a test can call, with mailboxes between them. No Qt."""
