"""Tables of SQL databases, their own or others', which are read and never written."""
