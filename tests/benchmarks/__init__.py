"""Benchmarks: `python3 run.py bench [names]`. A module bench_<name>.py has `run(rounds) -> list[Figure]`.

`run` is called in a process of its own (see child.py), so it may spoil whatever it likes.
"""
