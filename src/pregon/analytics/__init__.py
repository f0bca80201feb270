"""Views of the public pages: counted from lines that name nobody, by page, day and kind of place."""
