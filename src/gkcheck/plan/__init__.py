"""Plan files: YAML text → (`Plan`, problems), each problem with its line, and back to YAML."""
