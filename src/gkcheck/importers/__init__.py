"""Published notices in any format → the draft of a plan, with an account of every part of the source.

A document becomes blocks, blocks become tables and paragraphs, and these become tasks. The floors, from the
lowest to the highest; a file imports from its own floor and from lower ones only (tests/test_rooms.py):

1. `recognize`: pieces of text alone: numbers, headings, names of bodies, assignees, deadlines, header terms.
2. `formats`: bytes → blocks, one file a format, one registry.
3. `layout`: blocks → tables and paragraphs; `script_repair` beside it mends their characters.
4. `draft`: the values that a reading yields, and its log.
5. `tables`: tables → tasks. `prose_reader`: paragraphs → tasks.
6. `coverage`: the check that nothing of the source was dropped in silence. `checks`: of the reading as a whole.
7. `notice`: a whole document → a reading.
8. `plan_draft`: a reading → a plan. `report`: a reading → its reconciliation. `review`, `draft_workbook`: what a
   person is shown, and mends, where a reading is unsure.
"""
