"""Where the emulator differs from AWS in what this application uses, and the few lines that bridge each difference.

Written against ministack 1.5.33, which ``requirements/emulator.lock`` pins. ``tests/integration/test_emulator_patches.py``
shows each difference on the emulator as it is: when an upgrade mends one, that test fails and its patch can go.
"""
