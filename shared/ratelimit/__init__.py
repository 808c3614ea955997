"""Rate limits, counted over all processes in Valkey, or in each process while Valkey is away.

`RateLimiter` asks Valkey about every event: for logins, mails and other rare ones. `LeasedRateLimiter` leases parts of
a limit ahead and counts within them: for every request. Both take a `Limit` and a key and return a `RateLimitState`:

    limiter = RateLimiter(settings.redis_url)
    await limiter.require(Limit("login", 10), address)  # RateLimited after the tenth in a minute
"""
