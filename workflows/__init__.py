"""When things happen: deterministic, told by the domain what to decide and by activities what is true.

Orders live for weeks and cross many releases: workers are unversioned, so that a running order goes on with
the newest code. A change that an open order could notice is made with `workflow.patched`, and the recorded
histories under tests/replay say whether one was overlooked.
"""
