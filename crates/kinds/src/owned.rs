//! The resources that an account has already, counted in the widest calls there are: how much room its quotas
//! leave, and whose names are whose. Nothing here changes anything.

use aws::Session;
use aws_sdk_cloudfront::types::Aliases;
use aws_sdk_route53::types::{AccountLimit, AccountLimitType, HostedZoneConfig};
use aws_smithy_types::DateTime;
use model::KindError;

use crate::sdk::done;

/// A distribution of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distribution {
    /// CloudFront's id.
    pub id: String,
    /// CloudFront's name for it: `d111111abcdef8.cloudfront.net`.
    pub domain_name: String,
    /// The names that it has taken.
    pub aliases: Vec<String>,
}

/// A hosted zone of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnedZone {
    /// Route 53's id.
    pub id: String,
    /// Its name, without the final dot.
    pub name: String,
    /// Whether only networks of the account can ask it.
    pub is_private: bool,
    /// How many record sets it has.
    pub records: usize,
}

/// When each certificate in the session's region was asked for, in seconds since 1970.
pub async fn certificates(session: &Session) -> Result<Vec<i64>, KindError> {
    let client = session.acm();
    let mut asked = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let request = client
            .list_certificates()
            .max_items(1000)
            .set_next_token(token.take());
        let page = done("ListCertificates", request.send().await)?;
        let times = page.certificate_summary_list().iter();
        asked.extend(times.map(|one| one.created_at().map_or(0, DateTime::secs)));
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            return Ok(asked);
        }
    }
}

/// Every distribution of the account.
pub async fn distributions(session: &Session) -> Result<Vec<Distribution>, KindError> {
    let client = session.cloudfront();
    let mut distributions = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let request = client.list_distributions().set_marker(marker.take());
        let page = done("ListDistributions", request.send().await)?;
        let Some(list) = page.distribution_list() else {
            return Ok(distributions);
        };
        distributions.extend(list.items().iter().map(|item| {
            Distribution {
                id: item.id().to_owned(),
                domain_name: item.domain_name().to_owned(),
                aliases: item
                    .aliases()
                    .map(Aliases::items)
                    .unwrap_or_default()
                    .to_vec(),
            }
        }));
        marker = list.next_marker().map(str::to_owned);
        if !list.is_truncated() || marker.is_none() {
            return Ok(distributions);
        }
    }
}

/// How many origin access controls the account has.
pub async fn access_controls(session: &Session) -> Result<usize, KindError> {
    let client = session.cloudfront();
    let mut count = 0;
    let mut marker: Option<String> = None;
    loop {
        let request = client
            .list_origin_access_controls()
            .set_marker(marker.take());
        let page = done("ListOriginAccessControls", request.send().await)?;
        let Some(list) = page.origin_access_control_list() else {
            return Ok(count);
        };
        count += list.items().len();
        marker = list.next_marker().map(str::to_owned);
        if !list.is_truncated() || marker.is_none() {
            return Ok(count);
        }
    }
}

/// Every hosted zone of the account.
pub async fn zones(session: &Session) -> Result<Vec<OwnedZone>, KindError> {
    let client = session.route53();
    let mut zones = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let request = client.list_hosted_zones().set_marker(marker.take());
        let page = done("ListHostedZones", request.send().await)?;
        for zone in page.hosted_zones() {
            let records = zone.resource_record_set_count().unwrap_or_default();
            zones.push(OwnedZone {
                id: zone.id().trim_start_matches("/hostedzone/").to_owned(),
                name: zone.name().trim_end_matches('.').to_owned(),
                is_private: zone.config().is_some_and(HostedZoneConfig::private_zone),
                records: usize::try_from(records).unwrap_or_default(),
            });
        }
        marker = page.next_marker().map(str::to_owned);
        if !page.is_truncated() || marker.is_none() {
            return Ok(zones);
        }
    }
}

/// How many hosted zones the account may have.
pub async fn zone_limit(session: &Session) -> Result<usize, KindError> {
    let client = session.route53();
    let request = client
        .get_account_limit()
        .r#type(AccountLimitType::MaxHostedZonesByOwner);
    let answer = done("GetAccountLimit", request.send().await)?;
    let limit = answer.limit().map(AccountLimit::value).unwrap_or_default();
    Ok(usize::try_from(limit).unwrap_or_default())
}
