"""Tables → tasks: columns by content, rows, merged cells."""
