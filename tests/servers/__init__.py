"""The outside world of the tests: real servers on loopback, each started and stopped by a fixture."""
