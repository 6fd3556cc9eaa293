"""Tests of risk_engine.operational."""
