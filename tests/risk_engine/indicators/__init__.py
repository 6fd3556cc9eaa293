"""Tests of risk_engine.indicators."""
