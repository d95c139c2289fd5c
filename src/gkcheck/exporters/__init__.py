"""Tables, documents and JSON values → bytes, one format a file; `registry` lists them."""
