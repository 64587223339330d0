"""The reviewer's test bench: golden answers, cases made from them, metrics with intervals, and the report."""
