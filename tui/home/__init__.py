"""The one screen: its panes, how they are arranged, the tree and the bars."""
