"""Tests of risk_engine.projects."""
