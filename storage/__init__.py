"""The memory: the only home of SQLAlchemy; rows never leave it."""
