//! Holds requests back until AWS's quota has room, so that they flow at the limit and are not
//! throttled.
//!
//! It stands where requests leave, as the SDK's HTTP client, so that repeated requests of the SDK
//! are counted like any other.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use clock::Clock;
use jiff::Timestamp;

use crate::quotas::{LIMITS, Limit, Quota};

/// One token bucket. Tokens may go below nothing: that is the queue.
#[derive(Clone, Debug)]
struct Bucket {
    rate: f64,
    documented: Quota,
    adapts: bool,
    tokens: f64,
    since: Timestamp,
}

/// Buckets by account, region and limit.
type Buckets = BTreeMap<(String, String, &'static str), Bucket>;

/// Keeps a bucket for each account, region and limit.
#[derive(Clone, Debug)]
pub struct Scheduler {
    clock: Clock,
    overrides: BTreeMap<String, Quota>,
    buckets: Arc<Mutex<Buckets>>,
}

impl Scheduler {
    /// A scheduler by this clock, with the manifest's overrides.
    pub fn new(clock: Clock, overrides: BTreeMap<String, Quota>) -> Self {
        Self {
            clock,
            overrides,
            buckets: Arc::default(),
        }
    }

    /// The clock it goes by.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Waits until there is room for a request of this cost.
    pub async fn acquire(&self, account: &str, region: &str, limit: &'static Limit, cost: f64) {
        let wait = self.reserve(account, region, limit, cost);
        if wait > Duration::ZERO {
            self.clock.sleep(wait).await;
        }
    }

    fn reserve(&self, account: &str, region: &str, limit: &'static Limit, cost: f64) -> Duration {
        let now = self.clock.now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets
            .entry((account.to_owned(), region.to_owned(), limit.name))
            .or_insert_with(|| Bucket::new(limit, self.overrides.get(limit.name), now));
        bucket.take(cost, now)
    }

    /// Learns from an answer: slower when throttled, a little faster when not.
    fn learn(&self, account: &str, region: &str, limit: &'static Limit, throttled: bool) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get_mut(&(account.to_owned(), region.to_owned(), limit.name))
        {
            bucket.learn(throttled);
        }
    }

    /// `client` for one account and region of one service, its requests held back.
    pub fn wrap(
        &self,
        client: SharedHttpClient,
        account: &str,
        region: &str,
        service: &'static str,
    ) -> SharedHttpClient {
        SharedHttpClient::new(Held {
            client,
            lane: Lane {
                scheduler: self.clone(),
                account: account.to_owned(),
                region: region.to_owned(),
                service,
            },
        })
    }
}

impl Bucket {
    fn new(limit: &Limit, quota: Option<&Quota>, now: Timestamp) -> Self {
        let documented = quota.copied().unwrap_or(limit.quota);
        // A figure that a person gave is not ours to exceed.
        let adapts = limit.adapts && quota.is_none();
        Self {
            rate: documented.per_second,
            documented,
            adapts,
            tokens: documented.burst,
            since: now,
        }
    }

    fn take(&mut self, cost: f64, now: Timestamp) -> Duration {
        let passed = now.duration_since(self.since).as_secs_f64().max(0.0);
        self.tokens = (self.tokens + passed * self.rate).min(self.documented.burst);
        self.since = now;
        self.tokens -= cost;
        Duration::from_secs_f64((-self.tokens).max(0.0) / self.rate)
    }

    fn learn(&mut self, throttled: bool) {
        if throttled {
            // Another program may share the quota: go to half, and never below a tenth.
            self.rate = (self.rate / 2.0).max(self.documented.per_second / 10.0);
            self.tokens = self.tokens.min(0.0);
        } else if self.adapts {
            self.rate = (self.rate * 1.1).min(self.documented.per_second * 10.0);
        } else {
            self.rate = (self.rate * 1.1).min(self.documented.per_second);
        }
    }
}

/// The account, region and service of one client.
#[derive(Clone, Debug)]
struct Lane {
    scheduler: Scheduler,
    account: String,
    region: String,
    service: &'static str,
}

#[derive(Debug)]
struct Held<T> {
    client: T,
    lane: Lane,
}

impl HttpClient for Held<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let connector = self.client.http_connector(settings, components);
        SharedHttpConnector::new(Held {
            client: connector,
            lane: self.lane.clone(),
        })
    }
}

impl HttpConnector for Held<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let lane = self.lane.clone();
        let connector = self.client.clone();
        HttpConnectorFuture::new(async move {
            let charges = charges(lane.service, &request);
            for (limit, cost) in &charges {
                lane.scheduler
                    .acquire(&lane.account, &lane.region, limit, *cost)
                    .await;
            }
            let answer = connector.call(request).await;
            if let Ok(response) = &answer {
                let throttled = is_throttle(response);
                for (limit, _) in &charges {
                    lane.scheduler
                        .learn(&lane.account, &lane.region, limit, throttled);
                }
            }
            answer
        })
    }
}

fn is_throttle(response: &aws_smithy_runtime_api::client::orchestrator::HttpResponse) -> bool {
    let status = response.status().as_u16();
    if status == 429 || status == 503 {
        return true;
    }
    // Route 53, CloudFront, ACM and SES v1 throttle with 400 and a code in the body.
    status == 400
        && response
            .body()
            .bytes()
            .is_some_and(|body| body.windows(10).any(|window| window == b"Throttling"))
}

/// What a request costs.
fn charges(service: &str, request: &HttpRequest) -> Vec<(&'static Limit, f64)> {
    let path = request.uri().split('?').next().unwrap_or_default();
    let writes = request.method() == "POST";
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    let names: Vec<(&str, f64)> = match service {
        "route53" if writes && path.ends_with("/rrset") => {
            vec![
                ("route53.requests", 1.0),
                ("route53.record_changes", record_changes(request)),
            ]
        }
        "route53" if writes && path.ends_with("/hostedzone") => {
            vec![
                ("route53.create_hosted_zone", 1.0),
                ("route53.record_changes", 2.0),
            ]
        }
        "route53" if request.method() == "DELETE" => vec![("route53.delete_hosted_zone", 1.0)],
        "route53" => vec![("route53.requests", 1.0)],
        "cloudfront" if writes && path.ends_with("/invalidation") => {
            vec![("cloudfront.create_invalidation", 1.0)]
        }
        "cloudfront" => vec![("cloudfront.requests", 1.0)],
        "acm" => vec![(acm_limit(target), 1.0)],
        "ses" => vec![("ses.requests", 1.0)],
        "s3" => vec![("s3.requests", 1.0)],
        "iam" => vec![("iam.requests", 1.0)],
        _ => vec![("sts.requests", 1.0)],
    };
    names
        .into_iter()
        .filter_map(|(name, cost)| Some((LIMITS.iter().find(|limit| limit.name == name)?, cost)))
        .collect()
}

fn acm_limit(target: &str) -> &'static str {
    match target.rsplit('.').next() {
        Some("RequestCertificate") => "acm.request_certificate",
        Some("DescribeCertificate") => "acm.describe_certificate",
        Some("ListCertificates") => "acm.list_certificates",
        Some("DeleteCertificate") => "acm.delete_certificate",
        Some("AddTagsToCertificate") => "acm.add_tags",
        _ => "acm.other",
    }
}

/// CREATE and DELETE cost one record change, UPSERT two.
fn record_changes(request: &HttpRequest) -> f64 {
    let body = request
        .body()
        .bytes()
        .map(String::from_utf8_lossy)
        .unwrap_or_default();
    let all = body.matches("<Action>").count();
    let twice = body.matches("<Action>UPSERT<").count();
    f64::from(u32::try_from(all + twice).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quotas::find;

    #[tokio::test(start_paused = true)]
    async fn requests_flow_at_the_limit_after_the_burst() {
        let clock = Clock::starting_at(Timestamp::UNIX_EPOCH, 1.0);
        let scheduler = Scheduler::new(clock, BTreeMap::new());
        let limit = find("route53.requests").expect("a limit");
        for _ in 0..150 {
            scheduler.acquire("1", "us-east-1", limit, 1.0).await;
        }
        // Fifty at once, then a hundred at ten a second.
        let seconds = clock
            .now()
            .duration_since(Timestamp::UNIX_EPOCH)
            .as_secs_f64();
        assert!((seconds - 10.0).abs() < 0.1, "{seconds}");
    }

    #[tokio::test(start_paused = true)]
    async fn accounts_do_not_wait_for_each_other() {
        let clock = Clock::starting_at(Timestamp::UNIX_EPOCH, 1.0);
        let scheduler = Scheduler::new(clock, BTreeMap::new());
        let limit = find("ses.requests").expect("a limit");
        scheduler.acquire("1", "us-east-1", limit, 1.0).await;
        scheduler.acquire("2", "us-east-1", limit, 1.0).await;
        scheduler.acquire("1", "eu-west-1", limit, 1.0).await;
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
        scheduler.acquire("1", "us-east-1", limit, 1.0).await;
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH + Duration::from_secs(1));
    }

    #[test]
    fn an_override_is_kept_to_even_where_the_limit_adapts() {
        let limit = find("cloudfront.requests").expect("a limit");
        let quota = Quota {
            per_second: 1.0,
            burst: 1.0,
        };
        let mut bucket = Bucket::new(limit, Some(&quota), Timestamp::UNIX_EPOCH);
        for _ in 0..100 {
            bucket.learn(false);
        }
        assert!(bucket.rate <= 1.0);
        bucket.learn(true);
        assert!(bucket.rate <= 0.5);
    }
}
