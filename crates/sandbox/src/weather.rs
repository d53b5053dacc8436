//! How far AWS is from its documentation today: one table of behaviours that other people have met
//! there, and the draws that decide where each of them happens.
//!
//! A behaviour that AWS shows to everybody has 100 in its columns; one that comes and goes has the
//! share of the resources (or calls) that it meets. Each draw follows from the seed, the behaviour
//! and the name of the resource, so a run meets the same weather again.
//!
//! Each strikes in its own place: `refusals` (calls), `stale` (reads), `handle` (answers on their way), `acm`
//! and `cloudfront` (lists, aliases, records).

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How rough AWS is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// AWS as its documentation has it.
    #[default]
    Calm,
    /// AWS on a usual day.
    Usual,
    /// Everything that was ever reported, at once.
    Storm,
}

/// The weather of one world: `storm`, or `{ kind: storm, seed: 7 }` in a world file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Weather {
    /// How rough AWS is.
    pub kind: Kind,
    /// Decides, together with the behaviour and the resource, where the weather strikes.
    pub seed: u64,
}

impl Weather {
    /// A usual day, the same for everybody: what `--sandbox` has where nothing else is said.
    pub const USUAL_DAY: Self = Self {
        kind: Kind::Usual,
        seed: 1,
    };
}

/// The two forms of a world file.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Kind(Kind),
    Seeded(Seeded),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seeded {
    kind: Kind,
    #[serde(default)]
    seed: u64,
}

impl From<Written> for Weather {
    fn from(written: Written) -> Self {
        match written {
            Written::Kind(kind) => Self { kind, seed: 0 },
            Written::Seeded(Seeded { kind, seed }) => Self { kind, seed },
        }
    }
}

/// A way in which AWS differs from its documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Calls on a new bucket answer `NoSuchBucket`.
    NewBucketUnknown,
    /// The policy of a new bucket is refused as `MalformedPolicy`.
    NewBucketPolicyMalformed,
    /// CloudFront does not know a certificate that ACM has just issued: `InvalidViewerCertificate`.
    NewCertificateUnknown,
    /// The version of a distribution moved since it was read: `PreconditionFailed`, once.
    MovedVersion,
    /// Changes of a new hosted zone answer `NoSuchHostedZone`.
    NewZoneUnknown,
    /// The settings of a bucket read as they were before the last change.
    StaleSettings,
    /// Writes to a bucket whose versioning is new answer 404.
    NewVersioningLosesWrites,
    /// Lists show certificates and distributions that are deleted.
    DeletedListed,
    /// The log bucket's new policy is not seen yet: `InvalidTargetBucketForLogging`.
    NewLogBucketRefused,
    /// An alias that a distribution let go is still taken: `CNAMEAlreadyExists`.
    ReleasedAliasTaken,
    /// The name of a deleted bucket is still taken: `OperationAborted`.
    DeletedBucketNameTaken,
    /// A load balancer answers with HTML, before or after the effect.
    LoadBalancerErrors,
    /// A connection ends in the middle of a body.
    CutBodies,
    /// An answer takes seconds.
    LateAnswers,
    /// `GetDistribution` shows the configuration before the last update, as Deployed.
    StaleDistribution,
    /// A name is validated, and no record is shown for it.
    ValidatedWithoutRecord,
    /// A new configuration set is not found by the next call.
    NewSetUnknown,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The behaviour.
    pub behaviour: Behaviour,
    /// Its id in the collection of field reports that tests are named by.
    pub id: &'static str,
    /// How many of a hundred resources it meets in calm, usual and stormy weather.
    pub shares: [u8; 3],
    /// How long it lasts at most, in seconds; zero where it has no duration. In usual weather what
    /// comes and goes is over in a quarter of that.
    pub longest: i64,
    /// Its source.
    pub source: &'static str,
}

const fn row(
    behaviour: Behaviour,
    id: &'static str,
    shares: [u8; 3],
    longest: i64,
    source: &'static str,
) -> Row {
    Row {
        behaviour,
        id,
        shares,
        longest,
        source,
    }
}

/// Every behaviour: its id, its shares in calm, usual and stormy weather, its longest duration.
pub const TABLE: &[Row] = &[
    row(
        Behaviour::NewBucketUnknown,
        "R-01",
        [0, 20, 60],
        120,
        "terraform-provider-aws, internal/service/s3; its issues 12907, 33717",
    ),
    row(
        Behaviour::NewBucketPolicyMalformed,
        "R-01",
        [0, 10, 50],
        60,
        "terraform-provider-aws, internal/service/s3/bucket_policy.go",
    ),
    row(
        Behaviour::NewCertificateUnknown,
        "R-03",
        [0, 30, 80],
        60,
        "terraform-provider-aws, internal/service/cloudfront/distribution.go",
    ),
    row(
        Behaviour::MovedVersion,
        "R-04",
        [0, 5, 25],
        0,
        "terraform-provider-aws, internal/service/cloudfront/distribution.go",
    ),
    row(
        Behaviour::NewZoneUnknown,
        "R-05",
        [0, 20, 60],
        60,
        "terraform-provider-aws, internal/service/route53/record.go",
    ),
    row(
        Behaviour::StaleSettings,
        "R-06",
        [0, 10, 40],
        300,
        "terraform-provider-aws pull requests 41764, 32850",
    ),
    row(
        Behaviour::NewVersioningLosesWrites,
        "R-06",
        [0, 0, 25],
        900,
        "S3 API reference, PutBucketVersioning",
    ),
    row(
        Behaviour::DeletedListed,
        "R-07",
        [0, 25, 75],
        120,
        "ACM API reference, DeleteCertificate",
    ),
    row(
        Behaviour::NewLogBucketRefused,
        "R-08",
        [0, 10, 50],
        30,
        "field reports, not confirmed",
    ),
    row(
        Behaviour::ReleasedAliasTaken,
        "R-09",
        [100, 100, 100],
        120,
        "CloudFront Developer Guide, moving an alternate domain name",
    ),
    row(
        Behaviour::DeletedBucketNameTaken,
        "R-10",
        [0, 30, 100],
        3600,
        "aws-cli issue 2593",
    ),
    row(
        Behaviour::LoadBalancerErrors,
        "R-29",
        [0, 1, 3],
        0,
        "everybody",
    ),
    row(Behaviour::CutBodies, "R-29", [0, 1, 2], 0, "everybody"),
    row(Behaviour::LateAnswers, "R-29", [0, 2, 10], 8, "everybody"),
    row(
        Behaviour::StaleDistribution,
        "R-42",
        [0, 25, 75],
        20,
        "cdkd, cloudfront-distribution-provider.ts",
    ),
    row(
        Behaviour::ValidatedWithoutRecord,
        "R-56",
        [0, 10, 40],
        0,
        "terraform-provider-aws, internal/service/acm/certificate.go",
    ),
    row(
        Behaviour::NewSetUnknown,
        "R-57",
        [0, 25, 75],
        10,
        "terraform-provider-aws issue 8940; pulumi-aws-native issue 1139",
    ),
];

impl Behaviour {
    fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.behaviour == self)
    }
}

impl FromStr for Weather {
    type Err = String;

    /// Reads `storm` or `storm:7`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, seed) = text.split_once(':').unwrap_or((text, "0"));
        let kind = match kind {
            "calm" => Some(Kind::Calm),
            "usual" => Some(Kind::Usual),
            "storm" => Some(Kind::Storm),
            _ => None,
        };
        kind.zip(seed.parse().ok())
            .map(|(kind, seed)| Self { kind, seed })
            .ok_or_else(|| {
                format!("`{text}` is no weather: calm, usual or storm, or with a seed storm:7")
            })
    }
}

impl Weather {
    /// Weather of this kind, with the seed 0.
    pub fn of(kind: Kind) -> Self {
        Self { kind, seed: 0 }
    }

    /// Whether a behaviour meets the resource (or the call) of this name.
    pub fn meets(&self, behaviour: Behaviour, name: &str) -> bool {
        behaviour.row().is_some_and(|row| {
            self.draw(behaviour, name)[0] % 100 < row.shares[self.kind as usize].into()
        })
    }

    /// Whether a behaviour that began for a resource at `since` still lasts at `now`.
    pub fn lasts(
        &self,
        behaviour: Behaviour,
        name: &str,
        since: Timestamp,
        now: Timestamp,
    ) -> bool {
        now >= since && now < since + self.duration(behaviour, name)
    }

    /// How long a behaviour lasts for the resource of this name; zero where it does not meet it. No
    /// time is in the draw: a run of tomorrow has to meet what the run of today met.
    pub fn duration(&self, behaviour: Behaviour, name: &str) -> SignedDuration {
        let Some(row) = behaviour.row().filter(|_| self.meets(behaviour, name)) else {
            return SignedDuration::ZERO;
        };
        let usual = self.kind == Kind::Usual && row.shares[0] == 0;
        let longest = if usual { row.longest / 4 } else { row.longest };
        let draw = self.draw(behaviour, name)[1];
        SignedDuration::from_secs(1 + i64::from(draw) * longest / i64::from(u16::MAX))
    }

    fn draw(&self, behaviour: Behaviour, name: &str) -> [u16; 2] {
        let digest = Sha256::digest(format!("{} {behaviour:?} {name}", self.seed));
        [0, 2].map(|at| u16::from_be_bytes([digest[at], digest[at + 1]]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_is_the_same_again_and_another_for_another_seed() {
        let met = |seed| -> Vec<bool> {
            let weather = Weather {
                kind: Kind::Storm,
                seed,
            };
            (0..64)
                .map(|at| weather.meets(Behaviour::NewBucketUnknown, &format!("bucket {at}")))
                .collect()
        };
        assert_eq!(met(1), met(1));
        assert_ne!(met(1), met(2));
        let share = met(1).iter().filter(|met| **met).count();
        assert!((16..48).contains(&share), "{share} of 64 at 50 %");
    }

    #[test]
    fn nothing_that_comes_and_goes_happens_in_calm_weather() {
        for row in TABLE {
            assert!([0, 100].contains(&row.shares[0]), "{}", row.id);
            let sorted = row.shares.is_sorted();
            assert!(sorted, "{}: rougher weather has no less of it", row.id);
        }
    }

    #[test]
    fn a_world_file_says_the_weather_in_two_forms() {
        let read = |text| serde_yaml::from_str::<Weather>(text).expect("weather");
        assert_eq!(read("storm"), Weather::of(Kind::Storm));
        let seeded = Weather {
            kind: Kind::Usual,
            seed: 7,
        };
        assert_eq!(read("{ kind: usual, seed: 7 }"), seeded);
        assert!(serde_yaml::from_str::<Weather>("hail").is_err());
        assert_eq!("usual:7".parse(), Ok(seeded));
        assert_eq!("storm".parse(), Ok(Weather::of(Kind::Storm)));
        assert!("hail".parse::<Weather>().is_err() && "storm:x".parse::<Weather>().is_err());
    }
}
