"""What the platform costs and how fast it is: ``make bench`` prints JSON, ``make bench ARGS=--write`` writes docs/benchmarks.md too.

Machines are noisy: ratios within one run are told beside the absolute figures, and nothing here is a test's bound but counts.
"""
