"""What a change changed, and how every move is shared out among its causes."""
