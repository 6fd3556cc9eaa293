"""Ask for, show and decide approvals; delegate authority."""
