"""Published notices in any format → plan drafts. Formats are known by what files hold, not by their names."""
