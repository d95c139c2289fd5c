"""The things that a line names, as people type them: units, tasks, days, plan files; and other names of the commands."""
