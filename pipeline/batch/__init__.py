"""Batch tagging that can be stopped, resumed, repeated and scaled out: begin with `pipeline.batch.update`.

The unit of work is an item: a file, or some rows of a table. Its text as received goes into a part; its tags, made from
that part, go into another. Both are immutable and named by the hash of their keys; the ledger alone says which count.
"""
