"""One small compiled function a mechanism: it takes records and uniforms and returns the number of an exit."""
