"""Running processes watched over: output followed, agents driven, ends recorded, events told."""
