"""Courses: how the networks that come trained were trained, so that anyone with the data can do it again."""

from explorer.courses.course import Course
from explorer.courses.digits import DIGITS
from explorer.courses.faces import FACES
from explorer.courses.things import THINGS

COURSES: dict[str, Course] = {course.name: course for course in (DIGITS, THINGS, FACES)}
"""All of them by name, in the order of the menu."""

__all__ = ["COURSES", "Course"]
