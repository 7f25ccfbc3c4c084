"""The frame of the benchmarks: figures judge themselves, and the measuring process is a clean one."""

import pytest

from tests.benchmarks.child import ChildError, environment, measure
from tests.benchmarks.figure import Figure, table

HUNDRED = tuple(float(value) for value in range(1, 101))


def test_a_time_is_judged_from_above() -> None:
    assert Figure("edit", HUNDRED, target=96, judged="p95").is_met
    assert not Figure("edit", HUNDRED, target=95, judged="p95").is_met


def test_a_rate_is_judged_from_below_and_its_p95_is_the_slow_end() -> None:
    rate = Figure("frames", HUNDRED, unit="fps", target=50, more_is_better=True)
    assert rate.is_met
    assert rate.summary["p95"] == pytest.approx(5.95)
    assert rate.summary["max"] == 1


def test_without_a_target_nothing_is_judged() -> None:
    assert Figure("start", HUNDRED).is_met is None


def test_the_table_tells_what_was_missed() -> None:
    lines = table([Figure("edit", (50.0,), target=40, judged="p95"), Figure("start", (1.0,))]).splitlines()
    assert lines[1].split() == ["edit", "[ms]", "50", "50", "50", "1", "p95", "≤", "40", "MISSED"]
    assert lines[2].split() == ["start", "[ms]", "1", "1", "1", "1"]


def test_a_measuring_process_sees_no_blas_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    clean = environment("home")
    assert not any(name.startswith("OPENBLAS_") for name in clean)
    assert clean["EXPLORER_HOME"] == "home"


def test_a_measuring_process_that_fails_is_quoted() -> None:
    with pytest.raises(ChildError, match="no_such_module"):
        measure("tests.benchmarks.no_such_module")
