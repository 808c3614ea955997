"""Rate limits, counted over all processes in Valkey, or in each process while Valkey is down.

`RateLimiter` counts every event in Valkey, for rare events such as logins and mails. `LeasedRateLimiter` leases parts
of a limit ahead and counts within them, for every request. Both take a `Limit` and a key and return a `RateLimitState`:

    limiter = RateLimiter(settings.redis_url)
    await limiter.require(Limit("login", 10), address)  # RateLimited after the tenth in a minute
"""
