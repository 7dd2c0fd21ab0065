"""The program: the one place that knows the domain, the adapters and the settings."""
