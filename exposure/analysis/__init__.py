"""Questions asked of scores, in rooms called as the command line calls its own: change, gate, suppose, trust."""
