"""The part of the JSON API that is about contracts; config mounts the routers of its modules."""
