"""The equations of LANGUAGE, section 4, one file a statement; `state.py` is the map x they work on."""
