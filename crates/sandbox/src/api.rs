//! The table of services: which one a call is for, and the part of the world that it gets.

use crate::call::{Call, Reply};
use crate::service::Service;
use crate::world::World;
use crate::{
    acm, cloudfront, cloudtrail, iam, route53, s3, service_quotas, ses, sns, sts, tagging,
};

/// A service that the sandbox offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    Sts,
    Iam,
    S3,
    Route53,
    Acm,
    CloudFront,
    /// SES v1 and v2 are signed with the same name.
    Ses,
    Sns,
    Tagging,
    ServiceQuotas,
    CloudTrail,
}

impl Api {
    /// The service that answers a call, if the sandbox has it.
    pub(crate) fn of(call: &Call) -> Option<Self> {
        match call.service.as_str() {
            "sts" => Some(Self::Sts),
            "iam" => Some(Self::Iam),
            "s3" => Some(Self::S3),
            "route53" => Some(Self::Route53),
            "acm" => Some(Self::Acm),
            "cloudfront" => Some(Self::CloudFront),
            "ses" => Some(Self::Ses),
            "sns" => Some(Self::Sns),
            "tagging" => Some(Self::Tagging),
            "servicequotas" => Some(Self::ServiceQuotas),
            "cloudtrail" => Some(Self::CloudTrail),
            _ => None,
        }
    }

    /// Its wire protocol.
    pub(crate) fn protocol(self) -> &'static dyn Service {
        match self {
            Self::Sts => &sts::Sts,
            Self::Iam => &iam::Iam,
            Self::S3 => &s3::S3,
            Self::Route53 => &route53::Route53,
            Self::Acm => &acm::Acm,
            Self::CloudFront => &cloudfront::CloudFront,
            Self::Ses => &ses::Ses,
            Self::Sns => &sns::Sns,
            Self::Tagging => &tagging::Tagging,
            Self::ServiceQuotas => &service_quotas::ServiceQuotas,
            Self::CloudTrail => &cloudtrail::CloudTrail,
        }
    }

    /// Carries a call out on the service's own part of the world.
    pub(crate) fn handle(self, world: &mut World, call: &Call, operation: &'static str) -> Reply {
        match self {
            Self::Sts => sts::handle(&mut world.sts, call, operation),
            Self::Iam => iam::handle(&world.sts, call, operation),
            Self::S3 => s3::handle(&mut world.s3, &world.sts, call, operation),
            Self::Route53 => route53::handle(&mut world.route53, &world.delays, call, operation),
            Self::Acm => acm::handle(world, call, operation),
            Self::CloudFront => cloudfront::handle(world, call, operation),
            Self::Ses => ses::handle(world, call, operation),
            Self::Sns => sns::handle(&mut world.sns, call),
            Self::Tagging => tagging::handle(&world.tagged(&call.account, &call.region), call),
            Self::ServiceQuotas => service_quotas::handle(&world.granted(), call),
            Self::CloudTrail => cloudtrail::handle(&world.cloudtrail, &world.delays, call),
        }
    }

    /// Carries a call out that changes the world.
    pub(crate) fn change(self, world: &mut World, call: &Call, operation: &'static str) -> Reply {
        let reply = self.handle(world, call, operation);
        if reply.status().as_u16() < 400 {
            let bucket = (self == Self::S3).then(|| s3::bucket_named(call)).flatten();
            world.notes.take(call, operation, bucket);
            world.cloudtrail.record(call, operation);
        }
        // An instant delay has passed when the change is made.
        world.advance_shared(call.now);
        reply
    }
}

/// Repeats a call that changed a world, in the world as it was before.
pub(crate) fn replay(world: &mut World, call: &Call) {
    world.advance_shared(call.now);
    if let Some(api) = Api::of(call)
        && let Ok(operation) = api.protocol().operation(call)
    {
        api.change(world, call, operation);
    }
}
