//! The one place that reads the time.
//!
//! A [`Clock`] runs on tokio's: under a paused tokio runtime every wait costs
//! nothing and `now` moves exactly as far as was waited, which makes a clock
//! virtual without a second implementation. With a speed above 1 a person sees
//! minutes pass in seconds.

use std::time::{Duration, SystemTime};

use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_async::time::TimeSource;
use jiff::Timestamp;
use tokio::time::Instant;

/// Tells the time and waits for it.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    epoch: Timestamp,
    started: Instant,
    speed: f64,
    /// Whether it shows the world's time, and not that of a sandbox.
    is_real: bool,
}

impl Clock {
    /// The wall clock.
    pub fn real() -> Self {
        let now = Timestamp::try_from(wall()).unwrap_or(Timestamp::UNIX_EPOCH);
        Self {
            is_real: true,
            ..Self::starting_at(now, 1.0)
        }
    }

    /// A clock that shows `epoch` now, and runs `speed` times as fast as tokio's.
    pub fn starting_at(epoch: Timestamp, speed: f64) -> Self {
        Self {
            epoch,
            started: Instant::now(),
            speed,
            is_real: false,
        }
    }

    /// How many seconds pass on this clock in one of tokio's.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// The time on this clock.
    pub fn now(&self) -> Timestamp {
        let passed = self.started.elapsed().mul_f64(self.speed);
        self.epoch + passed
    }

    /// Waits until `duration` has passed on this clock.
    pub async fn sleep(&self, duration: Duration) {
        #[expect(clippy::disallowed_methods, reason = "the one place that waits")]
        tokio::time::sleep(duration.div_f64(self.speed)).await;
    }
}

impl Clock {
    /// A stopwatch that starts now.
    pub fn stopwatch(&self) -> Stopwatch {
        Stopwatch {
            clock: *self,
            begun: self.now(),
            wall: self.is_real.then(wall),
        }
    }
}

fn wall() -> SystemTime {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the wall clock"
    )]
    SystemTime::now()
}

/// Measures how long ago something was, also through the sleep of a laptop: the clock that tokio
/// reads stands still then (`CLOCK_MONOTONIC` of Linux does not count it), and the wall clock does
/// not. Of a sandbox's time the wall knows nothing: a second of it in which a hundred domains are
/// made takes a minute of this machine.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch {
    clock: Clock,
    begun: Timestamp,
    /// The wall's time when it began, for a clock that shows the wall's time.
    wall: Option<SystemTime>,
}

impl Stopwatch {
    /// The larger of what passed on the clock and on the wall.
    pub fn passed(&self) -> Duration {
        let passed = self.clock.now().duration_since(self.begun).unsigned_abs();
        let on_wall = self
            .wall
            .and_then(|begun| wall().duration_since(begun).ok());
        passed.max(on_wall.unwrap_or_default())
    }
}

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        let since_epoch = Clock::now(self).duration_since(Timestamp::UNIX_EPOCH);
        SystemTime::UNIX_EPOCH + Duration::try_from(since_epoch).unwrap_or_default()
    }
}

impl AsyncSleep for Clock {
    fn sleep(&self, duration: Duration) -> Sleep {
        let clock = *self;
        Sleep::new(async move { clock.sleep(duration).await })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_wait_moves_the_clock_by_exactly_its_length() {
        let clock = Clock::starting_at(Timestamp::UNIX_EPOCH, 1.0);
        clock.sleep(Duration::from_secs(170)).await;
        assert_eq!(
            clock.now(),
            Timestamp::UNIX_EPOCH + Duration::from_secs(170)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_faster_clock_shows_more_time() {
        let clock = Clock::starting_at(Timestamp::UNIX_EPOCH, 60.0);
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH + Duration::from_mins(2));
    }

    /// Keeps the processor busy until the wall clock has moved on.
    fn work() {
        let begun = wall();
        while wall().duration_since(begun).unwrap_or_default() < Duration::from_millis(5) {
            std::hint::spin_loop();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_wall_counts_for_its_own_time_only() {
        let sandbox = Clock::starting_at(Timestamp::UNIX_EPOCH, 1.0).stopwatch();
        let real = Clock::real().stopwatch();
        work();
        assert_eq!(sandbox.passed(), Duration::ZERO);
        assert!(real.passed() >= Duration::from_millis(5));
    }
}
