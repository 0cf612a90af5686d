"""The forms in which trainers and platforms write class lists: one module a family, one row a form."""
