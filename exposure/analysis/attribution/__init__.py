"""Why a score moved: every move is shared out among its causes."""
