"""The command line: parse, call one or two functions, print, exit. One file a family of commands."""
