"""What a request comes to, decided before anything is written. Pure."""
