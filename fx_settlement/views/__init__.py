"""The pages of pay and charge."""
