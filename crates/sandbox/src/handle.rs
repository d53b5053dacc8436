//! The way of one request through the sandbox.

use bytes::Bytes;
use clock::Clock;
use http::request::Parts;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::Sandbox;
use crate::api::Api;
use crate::auth::{self, Claim, Payload, Signed};
use crate::broken::{self, End};
use crate::call::{Call, Incoming, NoAnswer, Origin, Reply};
use crate::denial;
use crate::faults::{FaultKind, Injected, Target};
use crate::hex::hex;
use crate::iam;
use crate::openness;
use crate::quotas::Drawer;
use crate::refusals;
use crate::service::{Service, ServiceError};
use crate::stale;
use crate::stats::{self, Logged};
use crate::sts;
use crate::weather::Behaviour;
use crate::world::World;
use crate::{bodies::Refused, s3};

/// The exit code of a process that was killed.
const KILLED: i32 = 137;

/// For how long a stale read can show what was there before a change: AWS promises no time, and field reports speak of
/// minutes.
const STALE_FOR: SignedDuration = SignedDuration::from_mins(15);

/// How much of a request has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    Headers,
    Whole,
}

/// A call that was let in.
struct Admitted {
    call: Call,
    api: Api,
    operation: &'static str,
    changing: bool,
    fault: Option<Injected>,
    /// The number of the call in this world.
    number: u64,
}

impl Sandbox {
    /// Answers one HTTP request to an AWS endpoint, from inside the process.
    pub async fn call(&self, request: http::Request<Bytes>) -> Result<Reply, NoAnswer> {
        self.call_from(Origin::Process, request).await
    }

    /// Answers one HTTP request to an AWS endpoint.
    pub(crate) async fn call_from(
        &self,
        origin: Origin,
        request: http::Request<Bytes>,
    ) -> Result<Reply, NoAnswer> {
        let (parts, body) = request.into_parts();
        let incoming = match self.set_aside(&parts, body) {
            Ok(incoming) => incoming,
            Err(reply) => return Ok(*reply),
        };
        self.carry(origin, parts, incoming).await
    }

    /// Answers a request whose body is here, in memory or in a file.
    pub(crate) async fn carry(
        &self,
        origin: Origin,
        mut parts: Parts,
        body: Incoming,
    ) -> Result<Reply, NoAnswer> {
        name_host(&mut parts);
        let number = self.next_number();
        let latency = self.latency(number);
        let arrived = self.0.clock.now();
        let admitted = self.admit(parts, body, number, origin);
        self.wait(latency).await;
        let mut admitted = match admitted {
            Ok(admitted) => admitted,
            Err((logged, reply)) => {
                self.record(Logged {
                    at: arrived,
                    ..logged
                });
                return Ok(self.dated(reply, origin));
            }
        };
        admitted.call.now = self.0.clock.now();
        admitted.call.caller_now = self.caller_now(origin);
        let kind = admitted.fault.as_ref().map(|fault| fault.kind);
        if kind == Some(FaultKind::KillBefore) {
            self.kill().await;
        }
        let (reply, logged) = self.carry_out(&admitted);
        let silent = matches!(
            kind,
            Some(FaultKind::TimeOutBefore | FaultKind::TimeOutAfter)
        );
        let result = if silent {
            "no answer".to_owned()
        } else {
            stats::result_of(&reply)
        };
        let logged = Logged {
            at: arrived,
            result,
            ..logged
        };
        self.record(logged);
        if kind == Some(FaultKind::KillAfter) {
            self.kill().await;
        }
        if silent {
            let time_out = self.lock().delays.time_out;
            self.wait(time_out).await;
            return Err(NoAnswer);
        }
        Ok(self.dated(reply, origin))
    }

    /// Identifies the caller and the operation, and lets the call in or not: signature, operation, quota, fault. Quotas
    /// count when a call arrives, so that a caller who keeps to the limit is never refused because
    /// one of its calls took longer on the way than another.
    #[expect(
        clippy::result_large_err,
        reason = "a refusal is made once a call, and is returned as it is"
    )]
    fn admit(
        &self,
        request: Parts,
        body: Incoming,
        number: u64,
        origin: Origin,
    ) -> Result<Admitted, (Logged, Reply)> {
        let mut call = self.unsigned(request, body, number, origin);
        let claim = auth::claim(&call.request);
        denial::address(&mut call, claim.as_ref());
        let refuse = |call: &Call, operation: &str, reply: Reply| {
            (Logged::of(call, operation, false, &reply), reply)
        };
        let Some(api) = Api::of(&call) else {
            return Err(refuse(&call, "", denial::no_such_service(&call)));
        };
        let service = api.protocol();
        if let Err(error) = self.identify(&mut call, claim, Read::Whole) {
            return Err(refuse(&call, "", service.error(&call, &error)));
        }
        let operation = match service.operation(&call) {
            Ok(operation) => operation,
            Err(reply) => return Err(refuse(&call, "", reply)),
        };
        let changing = !service.is_read(operation);
        let world = self.lock();
        let mut desk = self.desk();
        let drawer = Drawer {
            account: &call.account,
            region: &call.region,
            now: call.now,
        };
        if !desk
            .buckets
            .take(&world.quotas, drawer, &service.charges(&call, operation))
        {
            let reply = service.error(&call, &denial::throttled(&call));
            return Err(refuse(&call, operation, reply));
        }
        let target = Target {
            account: &call.account,
            service: &call.service,
            operation,
            changing,
            number,
        };
        if let Some(error) = openness::refusal(&world.sts, &call, operation) {
            let reply = service.error(&call, &error);
            return Err(refuse(&call, operation, reply));
        }
        let key = s3::key_read(&world.s3, &call, operation);
        if let Some(action) = iam::denied(&world.sts, &call, operation, key) {
            let reply = service.error(&call, &denial::unauthorized(&call, &action));
            return Err(refuse(&call, operation, reply));
        }
        let fault = desk.faults.befalls(&world.faults, &target);
        desk.injected += u64::from(fault.is_some());
        let fault = fault.or_else(|| on_the_way(&world, number));
        drop((world, desk));
        Ok(Admitted {
            call,
            api,
            operation,
            changing,
            fault,
            number,
        })
    }

    fn identify(
        &self,
        call: &mut Call,
        claim: Option<Result<Claim, auth::Denied>>,
        read: Read,
    ) -> Result<(), ServiceError> {
        let signer = match claim {
            Some(claim) => claim.and_then(|claim| {
                let world = self.lock();
                let now = auth::Now {
                    here: call.caller_now,
                    at_aws: call.caller_now + world.clock_skew,
                };
                let signed = Signed {
                    request: &call.request,
                    payload: match (read, &call.arrived_body) {
                        (Read::Headers, _) => Payload::Unread,
                        (Read::Whole, Some(arrived)) => Payload::Hashed(&arrived.filed.sha256),
                        (Read::Whole, None) => Payload::Held(&call.body),
                    },
                };
                auth::verify(&claim, signed, &world.sts, now)
            }),
            // S3 decides for itself what an anonymous caller may read.
            None if call.service == "s3" => return Ok(()),
            // The token in the form is the credential.
            None if sts::needs_no_signature(call) => return Ok(()),
            None => return Err(denial::unsigned(call)),
        };
        let signer = signer.map_err(|denied| denial::of(call, denied))?;
        call.account = signer.account;
        call.principal = signer.principal;
        Ok(())
    }

    /// Judges an upload by its headers alone: whether it is one, whether its signature is right, and
    /// whether S3 would take it. A body is read whole only after that.
    pub(crate) fn check_upload(&self, origin: Origin, parts: &Parts) -> Result<(), Box<Reply>> {
        let mut parts = parts.clone();
        name_host(&mut parts);
        let body = Incoming::Held(Bytes::new());
        let mut call = self.unsigned(parts, body, self.next_number(), origin);
        let claim = auth::claim(&call.request);
        denial::address(&mut call, claim.as_ref());
        let refused = |call: &Call, error: &ServiceError| {
            let error = s3::S3.error(call, error);
            Err(Box::new(self.dated(error, origin)))
        };
        let operation = match call.service.as_str() {
            "s3" => s3::S3.operation(&call).map_err(Box::new)?,
            _ => "",
        };
        if !s3::is_upload(operation) {
            return refused(&call, &denial::too_big());
        }
        if let Err(error) = self.identify(&mut call, claim, Read::Headers) {
            return refused(&call, &error);
        }
        let world = self.lock();
        s3::check_upload(&world.s3, &call)
    }

    /// The answer to an upload whose body is not taken.
    pub(crate) fn refuse(&self, origin: Origin, parts: &Parts, refused: Refused) -> Reply {
        let body = Incoming::Held(Bytes::new());
        let call = self.unsigned(parts.clone(), body, self.next_number(), origin);
        self.dated(s3::refuse(&call, refused), origin)
    }

    /// Carries the call out, as far as its fault lets it.
    fn carry_out(&self, admitted: &Admitted) -> (Reply, Logged) {
        let Admitted {
            call,
            api,
            operation,
            changing,
            fault,
            ..
        } = admitted;
        let service = api.protocol();
        let kind = fault.as_ref().map(|fault| fault.kind);
        let failed = || {
            let error = fault.as_ref().and_then(|fault| fault.error.clone());
            service.error(call, &error.unwrap_or_else(|| denial::internal(call)))
        };
        let refused = |reply: Reply| {
            let logged = Logged::of(call, operation, *changing, &reply);
            (reply, logged)
        };
        match kind {
            Some(FaultKind::ErrorBefore | FaultKind::TimeOutBefore) => return refused(failed()),
            Some(FaultKind::HtmlBefore) => {
                return refused(broken::load_balancer(admitted.number));
            }
            Some(FaultKind::Throttle) => {
                return refused(service.error(call, &denial::throttled(call)));
            }
            _ => {}
        }
        let reply = self.handle(admitted, kind == Some(FaultKind::StaleRead));
        let took_effect = reply.status().as_u16() < 400;
        let answer = match kind {
            Some(FaultKind::ErrorAfter) => failed(),
            Some(FaultKind::HtmlAfter) => broken::load_balancer(admitted.number),
            Some(FaultKind::CutBody) => broken::cut(reply, End::Broken),
            Some(FaultKind::StalledBody) => broken::cut(reply, End::Stalled),
            Some(FaultKind::ShortBody) => broken::short(reply),
            _ => reply,
        };
        let logged = Logged {
            took_effect,
            ..Logged::of(call, operation, *changing, &answer)
        };
        (answer, logged)
    }

    fn handle(&self, admitted: &Admitted, stale: bool) -> Reply {
        let Admitted {
            call,
            api,
            operation,
            changing,
            ..
        } = admitted;
        let mut world = self.lock();
        world.advance_shared(call.now);
        if stale
            && let Some((before, changed)) = &mut self.desk().before
            && call.now < *changed + STALE_FOR
        {
            before.advance_shared(call.now);
            return api.handle(before, call, operation);
        }
        let refusal = refusals::refusal(&world, call, operation).or_else(|| {
            let mut desk = self.desk();
            refusals::moved_version(&world, call, operation, &mut desk.met)
        });
        if let Some(error) = refusal {
            return api.protocol().error(call, &error);
        }
        if !changing {
            let old = self.desk().stale.answer(call, operation);
            return old.unwrap_or_else(|| api.handle(&mut world, call, operation));
        }
        let read = stale::Read::of(call, operation).map(|read| {
            let reply = api.handle(&mut world, &read.call, read.operation);
            (read, reply)
        });
        let before = can_be_stale(&world).then(|| Box::new(world.clone()));
        let reply = api.change(&mut world, call, operation);
        if reply.status().as_u16() < 400 {
            self.keep(&world, call);
            if let Some(watcher) = self.0.watcher.get() {
                watcher(&world, call.now);
            }
            if ["DeleteBucket", "DeleteDistribution"].contains(operation) {
                self.desk().stale.forget(call);
            } else if let Some((read, old)) = read {
                let lasts = world.weather.duration(read.behaviour, &read.resource);
                self.desk().stale.keep(&read, old, call.now + lasts);
            }
        }
        // A world of before an older change would have forgotten the last one.
        self.desk().before = before.map(|before| (before, call.now));
        reply
    }

    /// Every answer of AWS says when it was given; the SDKs correct their clocks by it, so it
    /// follows the clock by which the caller signs.
    fn dated(&self, reply: Reply, origin: Origin) -> Reply {
        let skew = self.lock().clock_skew;
        dated(reply, self.caller_now(origin) + skew)
    }

    /// Ends the caller as `kill -9` would: nothing is put in order. The caller is this process, or
    /// what waits for [`Sandbox::killed`].
    async fn kill(&self) {
        match self.0.killed.get() {
            None => std::process::exit(KILLED),
            Some(killed) => {
                killed.notify_one();
                std::future::pending::<()>().await;
            }
        }
    }

    /// The time on the clock by which a caller signs.
    fn caller_now(&self, origin: Origin) -> Timestamp {
        match origin {
            Origin::Process => self.0.clock.now(),
            Origin::Socket => Clock::real().now(),
        }
    }

    fn next_number(&self) -> u64 {
        let mut desk = self.desk();
        desk.calls += 1;
        desk.calls
    }

    fn latency(&self, number: u64) -> SignedDuration {
        let (delays, weather) = {
            let world = self.lock();
            (world.delays.clone(), world.weather)
        };
        let late = weather.duration(Behaviour::LateAnswers, &format!("call {number}"));
        let draw = Sha256::digest(number.to_be_bytes());
        let draw = u16::from_be_bytes([draw[0], draw[1]]);
        let range = delays.call_longest - delays.call_shortest;
        late + delays.call_shortest + range.mul_f64(f64::from(draw) / f64::from(u16::MAX))
    }

    async fn wait(&self, duration: SignedDuration) {
        if let Ok(duration) = duration.try_into()
            && duration > std::time::Duration::ZERO
        {
            self.0.clock.sleep(duration).await;
        }
    }

    fn unsigned(&self, request: Parts, body: Incoming, number: u64, origin: Origin) -> Call {
        let (body, arrived_body) = match body {
            Incoming::Held(body) => (body, None),
            Incoming::Filed(arrived) => (Bytes::new(), Some(arrived)),
        };
        let id = hex(&Sha256::digest(format!("request {number}")));
        Call {
            account: String::new(),
            principal: "anonymous".to_owned(),
            region: "us-east-1".to_owned(),
            service: String::new(),
            request,
            body,
            arrived_body,
            now: self.0.clock.now(),
            arrived: self.0.clock.now(),
            caller_now: self.caller_now(origin),
            request_id: format!(
                "{}-{}-{}-{}-{}",
                &id[..8],
                &id[8..12],
                &id[12..16],
                &id[16..20],
                &id[20..32]
            ),
        }
    }
}

/// The fault that the weather has for an answer on its way.
fn on_the_way(world: &World, number: u64) -> Option<Injected> {
    let name = format!("call {number}");
    let kind = if world.weather.meets(Behaviour::LoadBalancerErrors, &name) {
        [FaultKind::HtmlBefore, FaultKind::HtmlAfter][usize::from(number.is_multiple_of(2))]
    } else if world.weather.meets(Behaviour::CutBodies, &name) {
        FaultKind::CutBody
    } else {
        return None;
    };
    Some(Injected { kind, error: None })
}

fn can_be_stale(world: &World) -> bool {
    let script = world
        .faults
        .script
        .iter()
        .any(|fault| fault.kind == FaultKind::StaleRead);
    script || world.faults.seeded.is_some()
}

fn dated(mut reply: Reply, now: Timestamp) -> Reply {
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = http::HeaderValue::from_str(&date) {
        reply.headers_mut().insert("date", date);
    }
    reply
}

/// In-process the host is in the URI alone, on a socket in the header.
fn name_host(request: &mut Parts) {
    let authority = request
        .uri
        .authority()
        .map(|authority| authority.as_str().to_owned());
    if !request.headers.contains_key("host")
        && let Some(host) = authority.and_then(|host| http::HeaderValue::from_str(&host).ok())
    {
        request.headers.insert("host", host);
    }
}
