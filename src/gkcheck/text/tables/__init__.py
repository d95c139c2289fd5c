"""The tables of characters that are made from others' data: readings, and Traditional script with its Simplified one."""
