"""Tests of risk_engine.register."""
