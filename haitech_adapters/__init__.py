"""The adapters: PostgreSQL, HTTP, memory, and the smaller ones. None knows another."""
