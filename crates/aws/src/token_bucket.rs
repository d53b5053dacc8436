//! One token bucket, and how its rate follows what AWS puts up with.
//!
//! The rate falls and rises as CUBIC's does, with the constants that the AWS SDKs use for their
//! adaptive retry mode (AWS SDKs and Tools Reference Guide, "Retry behavior"): after a throttled
//! request to 0.7 of what it was, then along `0.4 (t - K)³ + ceiling`, where `ceiling` is the rate at
//! which AWS throttled and K the time after which the curve is back there.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::Timestamp;

use crate::class::Class;
use crate::quotas::{Limit, Quota};

/// The share of its rate that a bucket keeps after a throttled request.
const BETA: f64 = 0.7;
/// How steeply the curve rises.
const SCALE: f64 = 0.4;
/// The unit of `t`. The SDKs count seconds, which suits hundreds of requests a second: at one a
/// second the curve would be past the ceiling after 0.9 s, and throttled every third request. In
/// units of two and a half minutes it has one request in a hundred throttled at one a second, and finds
/// a tenfold rate within ten minutes.
const UNIT: Duration = Duration::from_secs(150);
/// The share of the documented rate below which a bucket never falls: another program that uses the
/// quota up must not stop this one for good.
const FLOOR: f64 = 0.1;

/// A token bucket. It never holds less than nothing, but for a request that costs more than fits in.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    documented: Quota,
    adapts: bool,
    rate: f64,
    tokens: f64,
    /// The tokens that polls may still take: they come back at half the rate.
    polls: f64,
    since: Timestamp,
    curve: Curve,
    /// Whether a request is waiting for this bucket.
    pub(crate) contended: bool,
}

/// The position of the rate on its curve.
#[derive(Clone, Debug)]
struct Curve {
    ceiling: f64,
    /// Time spent on the curve, while requests waited. A bucket that nobody waits for learns nothing
    /// about its limit (RFC 9438, section 5.8, on senders with nothing to send).
    passed: Duration,
    throttled: Option<Timestamp>,
}

impl Bucket {
    /// The bucket of a limit, or of the figures that the manifest has for it, as one of so many runs has
    /// its part of it.
    pub(crate) fn new(
        limit: &Limit,
        quota: Option<&Quota>,
        sharers: NonZeroU32,
        now: Timestamp,
    ) -> Self {
        let documented = quota.copied().unwrap_or(limit.quota).shared(sharers);
        Self {
            documented,
            // A figure that a person gave is not ours to exceed.
            adapts: limit.adapts && quota.is_none(),
            rate: documented.per_second,
            tokens: documented.burst,
            polls: half(documented.burst),
            since: now,
            curve: Curve {
                ceiling: documented.per_second,
                passed: Duration::ZERO,
                throttled: None,
            },
            contended: false,
        }
    }

    /// Puts back the tokens that the time since the last call is worth.
    pub(crate) fn refill(&mut self, now: Timestamp) {
        let passed = now.duration_since(self.since).unsigned_abs();
        self.since = self.since.max(now);
        let back = passed.as_secs_f64() * self.rate;
        self.tokens = (self.tokens + back).min(self.documented.burst);
        self.polls = (self.polls + back / 2.0).min(half(self.documented.burst));
        if self.contended {
            self.curve.passed += passed;
            self.rate = self.target();
        }
    }

    /// Whether there is room for a request of this cost.
    pub(crate) fn has_room(&self, class: Class, cost: f64) -> bool {
        self.has_tokens(cost) && self.is_within_half(class, cost)
    }

    /// Whether there are tokens for a request of this cost. One that costs more than fits into the
    /// bucket is let through when it is full.
    pub(crate) fn has_tokens(&self, cost: f64) -> bool {
        self.tokens >= cost.min(self.documented.burst)
    }

    /// Whether a request of this cost leaves others their half.
    pub(crate) fn is_within_half(&self, class: Class, cost: f64) -> bool {
        class == Class::Plain || self.polls >= cost.min(half(self.documented.burst))
    }

    pub(crate) fn take(&mut self, class: Class, cost: f64) {
        self.tokens -= cost;
        if class == Class::Poll {
            self.polls -= cost;
        }
    }

    /// How long a request of this cost has to wait when requests that cost `ahead` go first.
    pub(crate) fn wait(&self, class: Class, cost: f64, ahead: f64) -> Duration {
        let burst = self.documented.burst;
        let plain = (ahead + cost.min(burst) - self.tokens) / self.rate;
        let polls = (cost.min(half(burst)) - self.polls) / (self.rate / 2.0);
        let longest = if class == Class::Poll {
            plain.max(polls)
        } else {
            plain
        };
        Duration::from_secs_f64(longest.max(0.0))
    }

    /// Slows down after AWS throttled a request that was let through at `granted`.
    pub(crate) fn throttled(&mut self, granted: Timestamp, now: Timestamp) {
        // Requests that were under way together tell of one excess, not of one each.
        if self.curve.throttled.is_some_and(|last| granted < last) {
            return;
        }
        self.curve = Curve {
            ceiling: self.rate,
            passed: Duration::ZERO,
            throttled: Some(now),
        };
        self.rate = (self.rate * BETA).max(self.documented.per_second * FLOOR);
        // AWS's own bucket is empty: what is saved up in ours is not there.
        self.tokens = self.tokens.min(0.0);
    }

    /// The rate that the curve has reached.
    fn target(&self) -> f64 {
        let ceiling = self.curve.ceiling;
        // Before the first refusal the curve starts at its ceiling, which is AWS's figure.
        let back = match self.curve.throttled {
            Some(_) => (ceiling * (1.0 - BETA) / SCALE).cbrt(),
            None => 0.0,
        };
        let units = self.curve.passed.as_secs_f64() / UNIT.as_secs_f64();
        let rate = SCALE * (units - back).powi(3) + ceiling;
        let least = self.documented.per_second * FLOOR;
        if self.adapts {
            rate.max(least)
        } else {
            rate.clamp(least, self.documented.per_second)
        }
    }
}

/// The half of a burst that polls may use, but one request at least: else they would never go.
fn half(burst: f64) -> f64 {
    (burst / 2.0).max(1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::quotas::{LIMITS, find};

    fn at(seconds: f64) -> Timestamp {
        Timestamp::UNIX_EPOCH + Duration::from_secs_f64(seconds)
    }

    fn bucket_of(limit: &Limit, quota: Option<&Quota>) -> Bucket {
        Bucket::new(limit, quota, NonZeroU32::MIN, Timestamp::UNIX_EPOCH)
    }

    fn bucket(name: &str) -> Bucket {
        bucket_of(find(name).expect("a limit"), None)
    }

    proptest! {
        /// Whenever requests come, whatever they cost: what is let through in any window is at most
        /// AWS's burst and what AWS's rate puts back in it.
        #[test]
        fn no_window_lets_more_through_than_aws_allows(
            which in 0..LIMITS.len(),
            steps in prop::collection::vec((0.0..2.0_f64, 0.1..20.0_f64, any::<bool>()), 1..200),
        ) {
            let limit = &LIMITS[which];
            let mut bucket = bucket_of(limit, None);
            // The figure is AWS's; that of a limit that adapts is only where it starts.
            bucket.adapts = false;
            let mut now = 0.0;
            let mut passed: Vec<(f64, f64)> = Vec::new();
            for (pause, cost, poll) in steps {
                now += pause;
                bucket.refill(at(now));
                bucket.contended = poll;
                let class = if poll { Class::Poll } else { Class::Plain };
                let cost = cost.min(limit.quota.burst);
                if bucket.has_room(class, cost) {
                    bucket.take(class, cost);
                    passed.push((now, cost));
                }
            }
            for (first, (start, _)) in passed.iter().enumerate() {
                let mut sum = 0.0;
                for (time, cost) in &passed[first..] {
                    sum += cost;
                    let allowed = limit.quota.burst + limit.quota.per_second * (time - start);
                    prop_assert!(sum <= allowed + 1e-3, "{sum} in {} s", time - start);
                }
            }
        }
    }

    #[test]
    fn polls_take_at_most_half() {
        let mut bucket = bucket("route53.requests");
        let mut polls = 0;
        for tenth in 0..1000 {
            bucket.refill(at(f64::from(tenth) / 10.0));
            while bucket.has_room(Class::Poll, 1.0) {
                bucket.take(Class::Poll, 1.0);
                polls += 1;
            }
        }
        // Half of the burst of 50 and of ten a second over 100 s.
        assert!((500..=526).contains(&polls), "{polls}");
    }

    /// Sends as fast as the bucket lets it to a server that allows `allowed` requests a second.
    /// Gives the seconds that `requests` took, and how many were throttled.
    fn against(allowed: f64, requests: u32) -> (f64, u32) {
        let mut bucket = bucket("ses.requests");
        let (mut now, mut throttled, mut through, mut server, mut last) = (0.0, 0, 0, 1.0, 0.0);
        while through < requests {
            bucket.refill(at(now));
            bucket.contended = true;
            if !bucket.has_room(Class::Plain, 1.0) {
                now += bucket.wait(Class::Plain, 1.0, 0.0).as_secs_f64().max(0.001);
                continue;
            }
            bucket.take(Class::Plain, 1.0);
            server = (server + (now - last) * allowed).min(allowed.max(1.0));
            last = now;
            if server >= 1.0 {
                server -= 1.0;
                through += 1;
            } else {
                throttled += 1;
                bucket.throttled(at(now), at(now));
            }
        }
        (now, throttled)
    }

    #[test]
    fn a_limit_that_is_as_documented_is_probed_by_one_request_in_a_hundred() {
        let (seconds, throttled) = against(1.0, 2000);
        assert!(throttled <= 20, "{throttled} throttled");
        assert!(seconds < 2000.0 * 1.1, "{seconds} s");
    }

    #[test]
    fn a_limit_above_the_documented_one_is_found() {
        let (seconds, throttled) = against(10.0, 2000);
        assert!(throttled <= 20, "{throttled} throttled");
        assert!(seconds < 600.0, "{seconds} s");
    }

    #[test]
    fn a_throttled_request_slows_down_to_seven_tenths_and_those_beside_it_no_further() {
        let mut bucket = bucket("route53.requests");
        for _ in 0..5 {
            bucket.throttled(at(1.0), at(2.0));
        }
        assert!((bucket.rate - 7.0).abs() < 1e-9, "{}", bucket.rate);
        bucket.throttled(at(3.0), at(4.0));
        assert!((bucket.rate - 4.9).abs() < 1e-9, "{}", bucket.rate);
    }

    #[test]
    fn an_override_is_kept_to_even_where_the_limit_adapts() {
        let limit = find("cloudfront.writes").expect("a limit");
        let quota = Quota {
            per_second: 1.0,
            burst: 1.0,
        };
        let mut bucket = bucket_of(limit, Some(&quota));
        bucket.contended = true;
        bucket.refill(at(36_000.0));
        assert!(bucket.rate <= 1.0, "{}", bucket.rate);
    }
}
