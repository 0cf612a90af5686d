"""Values and rules: no Qt, no network, no keyring; of the disk, packaged data only."""
