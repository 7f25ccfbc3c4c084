"""Arrays to pictures: tiles, ranges and colours. No Qt, so that threads, exports and tests use it alike."""
