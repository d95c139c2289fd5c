"""Chinese text: numerals, days, width, script, damage, likeness, pinyin. Pure functions of text."""
