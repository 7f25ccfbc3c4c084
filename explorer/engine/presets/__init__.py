"""Kernels and networks to start from."""
