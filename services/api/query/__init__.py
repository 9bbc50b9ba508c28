"""The query language of listings, streams and the page.

`parse.py` is the door: text in, a `Query` out, or a `QueryError` that says where. `lexer.py` finds the parts,
`tree.py` is what they become, `fields.py` says what each field means, `moments.py` reads times. `matching.py` asks a
query of one article in memory; `readmodel/searching.py` turns the same tree into SQL.
"""
