//! the table of regions and partitions, against the SDK's own endpoint rules.

use aws_sdk_route53::config::endpoint as route53;
use aws_sdk_route53::config::endpoint::ResolveEndpoint as _;
use aws_sdk_sesv2::config::endpoint as ses;
use aws_sdk_sesv2::config::endpoint::ResolveEndpoint as _;

/// Regions of every partition that mail can be sent from, opt-in regions and the newest among them.
const REGIONS: [&str; 16] = [
    "af-south-1",
    "ap-east-2",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-west-1",
    "il-central-1",
    "me-central-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-gov-east-1",
    "us-gov-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eusc-de-east-1",
];

async fn of_ses(region: &str) -> String {
    let params = ses::Params::builder().region(region.to_owned()).build();
    let resolver = ses::DefaultResolver::new();
    let endpoint = resolver.resolve_endpoint(&params.unwrap()).await;
    endpoint.unwrap().url().to_owned()
}

async fn of_route53(region: &str) -> String {
    let params = route53::Params::builder().region(region.to_owned()).build();
    let resolver = route53::DefaultResolver::new();
    let endpoint = resolver.resolve_endpoint(&params.unwrap()).await;
    endpoint.unwrap().url().to_owned()
}

#[tokio::test]
async fn r_23_each_region_is_in_the_partition_of_the_sdk_s_endpoints() {
    for region in REGIONS {
        let partition = aws::partition(region);
        assert_eq!(
            manifest::regions::partition(region),
            Some(partition),
            "{region}"
        );
        // Route 53 is one place in each partition, and SES one in each region.
        let (global, domain) = match partition {
            "aws-us-gov" => ("route53.us-gov.amazonaws.com", "amazonaws.com"),
            "aws-cn" => ("route53.amazonaws.com.cn", "amazonaws.com.cn"),
            "aws-eusc" => ("route53.amazonaws.eu", "amazonaws.eu"),
            _ => ("route53.amazonaws.com", "amazonaws.com"),
        };
        assert_eq!(
            of_route53(region).await,
            format!("https://{global}"),
            "{region}"
        );
        let regional = format!("https://email.{region}.{domain}");
        assert_eq!(of_ses(region).await, regional);
    }
}
