"""What stories share with the tests of the window: a workspace and a window without threads."""

from tests.stories.comparing import open_panel  # noqa: F401
from tests.stories.hands import enlarged, hands  # noqa: F401
from tests.ui.conftest import dark, run_command, settings, window, workspace  # noqa: F401
