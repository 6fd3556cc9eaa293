"""The memory: the only layer with SQLAlchemy; rows never leave it."""
