"""The window: docks, commands and the widgets in them."""
