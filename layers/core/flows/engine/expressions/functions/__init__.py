"""JSONata's built-in functions, each bounded in what it takes and makes.

The semantics are those of the reference implementation (npm `jsonata`); where the Python library differs from it, or
bounds nothing, the function is written here, else the library's own is used (see `registry`).
"""
