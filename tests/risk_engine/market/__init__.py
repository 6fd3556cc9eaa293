"""Tests of risk_engine.market."""
