"""What stories share with the tests of the window: a workspace and a window without threads."""

from tests.stories.comparing import open_panel  # noqa: F401
from tests.stories.hands import enlarged, hands  # noqa: F401
from tests.ui.conftest import (  # noqa: F401
    dark,
    plain_afterwards,
    run_command,
    settings,
    window,
    workspace,
)
