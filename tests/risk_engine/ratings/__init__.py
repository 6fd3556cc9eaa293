"""Tests of risk_engine.ratings."""
