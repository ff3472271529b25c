"""How things look: glyphs, words and colours of states, times for people."""
