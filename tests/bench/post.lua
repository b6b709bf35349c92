-- tests/bench/post.lua: what wrk sends in the line post.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/octet-stream"
wrk.body = string.rep("x", 65536)
