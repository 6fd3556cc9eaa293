"""Approvals: who must decide, who has spoken, conditions and delegation."""
