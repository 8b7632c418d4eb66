"""The key people (三长): who they are, the bodies they sit in, and how and when they came and left."""
