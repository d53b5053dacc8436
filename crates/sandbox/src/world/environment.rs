//! The views of the world that single services get: their own state, and of the rest only the parts
//! that they depend on at AWS too.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use jiff::Timestamp;

use crate::delays::Delays;
use crate::dns::{AwsNames, Dns, Lookup};
use crate::service_quotas::Granted;
use crate::tagging::Tagged;
use crate::weather::Weather;
use crate::world::World;
use crate::{acm, cloudfront, s3, ses};

impl Dns for World {
    fn resolve(&self, name: &str, rtype: &str, now: Timestamp) -> Lookup {
        self.public_dns().resolve(name, rtype, now)
    }
}

impl AwsNames for World {
    fn distribution(&self, domain: &str) -> Option<Vec<IpAddr>> {
        self.cloudfront.addresses(domain)
    }

    fn dkim_key(&self, name: &str, rtype: &str) -> Option<Vec<String>> {
        self.ses.public_record(name, rtype)
    }
}

impl acm::Environment for World {
    fn acm(&self) -> &acm::State {
        &self.acm
    }

    fn acm_mut(&mut self) -> &mut acm::State {
        &mut self.acm
    }

    fn users_of_certificate(&self, arn: &str) -> Vec<String> {
        self.cloudfront.users_of_certificate(arn)
    }

    fn users_of_certificates(&self) -> BTreeMap<&str, BTreeSet<String>> {
        self.cloudfront.users_of_certificates()
    }

    fn delays(&self) -> &Delays {
        &self.delays
    }

    fn weather(&self) -> Weather {
        self.weather
    }
}

impl cloudfront::Environment for World {
    fn cloudfront(&self) -> &cloudfront::State {
        &self.cloudfront
    }

    fn cloudfront_mut(&mut self) -> &mut cloudfront::State {
        &mut self.cloudfront
    }

    fn acm(&self) -> &acm::State {
        &self.acm
    }

    fn s3(&self) -> &s3::State {
        &self.s3
    }

    fn delays(&self) -> &Delays {
        &self.delays
    }

    fn weather(&self) -> Weather {
        self.weather
    }
}

impl ses::Environment for World {
    fn ses(&self) -> &ses::State {
        &self.ses
    }

    fn ses_mut(&mut self) -> &mut ses::State {
        &mut self.ses
    }

    fn delays(&self) -> &Delays {
        &self.delays
    }
}

impl World {
    /// Everything of an account that carries tags and is found in a region. What is global at AWS
    /// is found in us-east-1.
    pub(crate) fn tagged(&self, account: &str, region: &str) -> Vec<Tagged> {
        let mut all = self.ses.tagged(account, region);
        all.extend(self.s3.tagged(account, region));
        all.extend(self.cloudfront.tagged(account, region));
        all.extend(self.acm.tagged(account, region));
        if region == "us-east-1" {
            let zones = self.route53.zones_of(account).map(|zone| {
                (
                    format!("arn:aws:route53:::hostedzone/{}", zone.id),
                    zone.tags.clone(),
                )
            });
            all.extend(zones);
        }
        all.retain(|(_, tags)| !tags.is_empty());
        all
    }

    /// The quotas that Service Quotas tells of what an account may hold. Their codes are those that
    /// its console shows.
    pub(crate) fn granted(&self) -> [Granted; 3] {
        [
            Granted {
                service: "cloudfront",
                code: "L-24B04930",
                name: "Web distributions per AWS account",
                is_global: true,
                value: self.cloudfront.limits.distributions,
            },
            Granted {
                service: "acm",
                code: "L-F141DD1D",
                name: "ACM certificates",
                is_global: false,
                value: self.acm.limits.certificates,
            },
            Granted {
                service: "s3",
                code: "L-DC2B2D3D",
                name: "General purpose buckets",
                is_global: true,
                value: crate::s3::BUCKETS_PER_ACCOUNT,
            },
        ]
    }
}
