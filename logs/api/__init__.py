"""The part of the JSON API that is about logs; config mounts its routers."""
