"""What tests of the kernel panel ask the document."""

import numpy as np

from explorer.ui.workspace import Workspace

SOBEL = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]


def weights(workspace: Workspace, name: str = "conv1") -> np.ndarray:
    return workspace.document.network[name].parameters["kernel"]


def undo_label(workspace: Workspace) -> str:
    return workspace.document.history.undo_label
