"""Pages for people: one layout, one style sheet, one strict Content-Security-Policy."""
