"""The register's risks and responses."""
