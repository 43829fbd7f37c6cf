"""Reading a township's folder: bytes to tables, tables to values, values checked."""
