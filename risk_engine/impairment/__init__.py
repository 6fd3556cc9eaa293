"""IFRS 9 stages and expected credit losses."""
