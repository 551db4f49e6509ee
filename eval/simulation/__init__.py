"""Months of use by made-up people who judge what they are told by selves that nobody sees."""
