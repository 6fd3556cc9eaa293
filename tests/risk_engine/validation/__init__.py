"""Tests of risk_engine.validation."""
