"""Tests of risk_engine.scoring."""
