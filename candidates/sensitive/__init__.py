"""The closed cabinet: what nobody who matches or hires may ever read.

Kept in tables of their own and imported only by intake, the candidate's own pages and the metric
engine; an import contract holds everybody else out.
"""
