"""Feature-Map Explorer: see what a convolutional network does, live."""

__version__ = "0.1.0"
