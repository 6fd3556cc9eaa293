"""The running process: it wires everything and decides nothing."""
