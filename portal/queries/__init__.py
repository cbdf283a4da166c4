"""What the portal's pages show, as plain rows."""
