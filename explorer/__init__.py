"""Feature-Map Explorer: see what a convolutional network does, live."""

import os

__version__ = "0.1.0"

# OpenCV and its FFmpeg write to the terminal what the program tells in its window. Read when cv2 is imported.
os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
