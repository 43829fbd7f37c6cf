"""Scenarios, simulated field, evaluation, benchmarks."""
