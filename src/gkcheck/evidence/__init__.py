"""Evidence for claims: read as people type it, listed, and checked on the web.

Assessors accept a public address with title and publication date, a document, or a reference (文号,
会议记录); a dead link and an undated page cost points.
"""
