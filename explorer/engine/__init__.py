"""The engine: networks as values, evaluated with NumPy and OpenCV."""
