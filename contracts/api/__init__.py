"""The part of the JSON API that is about contracts; config mounts `routers`."""
