"""The journal in a PostgreSQL database that many machines share."""
