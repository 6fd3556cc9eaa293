"""The running process: it connects all parts and decides nothing."""
