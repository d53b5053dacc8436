//! CloudFront's answers as documents.

use jiff::Timestamp;

use super::access_control::OriginAccessControl;
use super::distribution::Distribution;
use super::error;
use super::invalidation::Invalidation;
use super::xml::Element;
use crate::service::ServiceError;

/// CloudFront gives up to this many members of a list at once.
const PAGE_LIMIT: usize = 100;

/// A time as REST XML writes it.
pub(super) fn time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// `Distribution`.
pub(super) fn distribution(held: &Distribution) -> Element {
    let trusted = |name: &str| {
        Element::node(
            name,
            vec![
                Element::leaf("Enabled", false),
                Element::leaf("Quantity", 0),
            ],
        )
    };
    Element::node(
        "Distribution",
        vec![
            Element::leaf("Id", &held.id),
            Element::leaf("ARN", &held.arn),
            Element::leaf("Status", held.status()),
            Element::leaf("LastModifiedTime", time(held.modified_at)),
            Element::leaf(
                "InProgressInvalidationBatches",
                held.invalidations_in_progress(),
            ),
            Element::leaf("DomainName", &held.domain_name),
            trusted("ActiveTrustedSigners"),
            trusted("ActiveTrustedKeyGroups"),
            held.config.clone(),
            icp(held),
        ],
    )
}

fn icp(held: &Distribution) -> Element {
    let recordal = |alias: &str| {
        Element::node(
            "AliasICPRecordal",
            vec![
                Element::leaf("CNAME", alias),
                Element::leaf("ICPRecordalStatus", "APPROVED"),
            ],
        )
    };
    Element::node("AliasICPRecordals", held.aliases().map(recordal).collect())
}

/// `DistributionSummary`.
pub(super) fn distribution_summary(held: &Distribution) -> Element {
    let from_config = [
        "Aliases",
        "Origins",
        "OriginGroups",
        "DefaultCacheBehavior",
        "CacheBehaviors",
        "CustomErrorResponses",
        "Comment",
        "PriceClass",
        "Enabled",
        "ViewerCertificate",
        "Restrictions",
        "WebACLId",
        "HttpVersion",
        "IsIPV6Enabled",
        "Staging",
    ];
    let mut children = vec![
        Element::leaf("Id", &held.id),
        Element::leaf("ARN", &held.arn),
        Element::leaf("ETag", held.etag()),
        Element::leaf("Status", held.status()),
        Element::leaf("LastModifiedTime", time(held.modified_at)),
        Element::leaf("DomainName", &held.domain_name),
    ];
    children.extend(
        from_config
            .iter()
            .filter_map(|name| held.config.child(name).cloned()),
    );
    children.push(icp(held));
    Element::node("DistributionSummary", children)
}

/// `OriginAccessControl`.
pub(super) fn access_control(held: &OriginAccessControl) -> Element {
    Element::node(
        "OriginAccessControl",
        vec![Element::leaf("Id", &held.id), held.config.clone()],
    )
}

/// `OriginAccessControlSummary`.
pub(super) fn access_control_summary(held: &OriginAccessControl) -> Element {
    let mut children = vec![Element::leaf("Id", &held.id)];
    children.extend(held.config.children.iter().cloned());
    Element::node("OriginAccessControlSummary", children)
}

/// `Invalidation`.
pub(super) fn invalidation(held: &Invalidation) -> Element {
    Element::node(
        "Invalidation",
        vec![
            Element::leaf("Id", &held.id),
            Element::leaf("Status", held.status()),
            Element::leaf("CreateTime", time(held.created_at)),
            held.batch.clone(),
        ],
    )
}

/// `InvalidationSummary`.
pub(super) fn invalidation_summary(held: &Invalidation) -> Element {
    Element::node(
        "InvalidationSummary",
        vec![
            Element::leaf("Id", &held.id),
            Element::leaf("CreateTime", time(held.created_at)),
            Element::leaf("Status", held.status()),
        ],
    )
}

/// A member of a list.
pub(super) struct Listed {
    id: String,
    summary: Element,
}

impl Listed {
    pub(super) fn new(id: &str, summary: Element) -> Self {
        Self {
            id: id.to_owned(),
            summary,
        }
    }
}

/// The start of a page of a list, and how long it may be.
pub(super) struct Page {
    marker: String,
    size: usize,
}

impl Page {
    pub(super) fn new(marker: Option<&str>, max_items: Option<&str>) -> Result<Self, ServiceError> {
        let size = match max_items.map(str::parse::<usize>) {
            None => PAGE_LIMIT,
            Some(Ok(size @ 1..)) => size.min(PAGE_LIMIT),
            Some(_) => return Err(error::argument("The parameter MaxItems is not valid.")),
        };
        Ok(Self {
            marker: marker.unwrap_or_default().to_owned(),
            size,
        })
    }

    /// A list's page. Its marker is the id of the last member of the page before.
    pub(super) fn list(
        &self,
        name: &str,
        all: impl IntoIterator<Item = Listed>,
    ) -> Result<Element, ServiceError> {
        let all: Vec<Listed> = all.into_iter().collect();
        let start = if self.marker.is_empty() {
            0
        } else {
            let last = all.iter().position(|held| held.id == self.marker);
            last.ok_or_else(|| error::argument("The parameter Marker is not valid."))? + 1
        };
        let truncated = all.len() > start + self.size;
        let page: Vec<Listed> = all.into_iter().skip(start).take(self.size).collect();
        let mut children = vec![
            Element::leaf("Marker", &self.marker),
            Element::leaf("MaxItems", self.size),
            Element::leaf("IsTruncated", truncated),
            Element::leaf("Quantity", page.len()),
        ];
        if truncated && let Some(last) = page.last() {
            children.insert(1, Element::leaf("NextMarker", &last.id));
        }
        if !page.is_empty() {
            let items = page.into_iter().map(|held| held.summary).collect();
            children.push(Element::node("Items", items));
        }
        Ok(Element::node(name, children))
    }
}
