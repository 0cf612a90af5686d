"""What stands around the model: V7's form of request and answer. You need not change it."""
