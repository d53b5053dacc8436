//! The SES instances that send for a domain, each in its own account and region, and the records
//! that each of them needs.

use std::collections::BTreeMap;

use kinds::record::{Record, Sharing};
use kinds::ses_configuration_set::{Destination, EventDestination};
use kinds::ses_identity::Dkim;
use kinds::{
    SesConfigurationSet, SesDomainToken, SesIdentity, SesMailFrom, ses_configuration_set,
    ses_domain_token, ses_identity, ses_mail_from,
};
use manifest::{
    ConfigurationSet, EventTarget, Instance, Located, OnMxFailure, PrivateKeyFile, Selector,
    TlsPolicy,
};
use model::rules;
use model::{Dependency, Field, Impact, Location, MailImpact, ResourceId};
use standards::dns::RecordType;
use standards::{Finding, Protocol};

use crate::publisher::RecordDraft;
use crate::scope::{Draft, Scope, shared_id, texts};

/// An instance's name within its domain: `marketing.us-east-1`.
pub(crate) fn instance_name(instance: &Instance) -> String {
    format!("{}.{}", instance.account.as_str(), instance.region.as_str())
}

pub(crate) fn expand(scope: &mut Scope<'_>) {
    for instance in &scope.domain.ses {
        Sender {
            name: instance_name(instance),
            location: scope.location(&instance.account, instance.region.as_str()),
            instance,
            scope,
        }
        .expand();
    }
}

/// One instance while it is expanded.
struct Sender<'s, 'a> {
    scope: &'s mut Scope<'a>,
    instance: &'a Located<Instance>,
    name: String,
    location: Location,
}

impl Sender<'_, '_> {
    fn expand(&mut self) {
        let set = self
            .instance
            .configuration_set
            .as_ref()
            .map(|set| self.configuration_set(set));
        let identity = self.identity(set.as_ref());
        self.dkim_records(&identity);
        if self.instance.mail_from.is_some() {
            self.mail_from(&identity);
        }
        if *self.instance.domain_token {
            self.domain_token(&identity);
        }
    }

    fn draft(&self, impact: Impact, dependencies: Vec<Dependency>) -> Draft {
        Draft {
            name: self.name.clone(),
            location: Some(self.location.clone()),
            impact,
            dependencies,
            place: self.instance.place(),
        }
    }

    fn sending(&self, reason: &str) -> Impact {
        Impact::new(MailImpact::Sending, format!("{} {reason}", self.name))
    }

    fn configuration_set(&mut self, set: &Located<ConfigurationSet>) -> ResourceId {
        // A set's name is its identity within the account and region; several domains can use it.
        let name = format!("{}.{}", self.name, set.name.as_str());
        let id = shared_id::<SesConfigurationSet>(&name);
        let suppressed = set.suppression.as_ref().map(|reasons| {
            let mut reasons: Vec<String> = reasons
                .iter()
                .map(|reason| reason.to_string().to_uppercase())
                .collect();
            reasons.sort();
            reasons
        });
        let spec = ses_configuration_set::Spec {
            name: set.name.as_str().to_owned(),
            tls_required: set.tls.value == TlsPolicy::Require,
            max_delivery_seconds: set
                .max_delivery
                .as_ref()
                .map(|seconds| u64::from(seconds.value)),
            reputation_metrics: *set.reputation,
            sending: *set.sending,
            suppressed_reasons: suppressed,
            events: set.events.iter().filter_map(event_destination).collect(),
            tags: self.scope.tags(&id, &texts(&set.tags)),
        };
        let draft = Draft {
            name,
            ..self.draft(self.sending("sends through it"), Vec::new())
        };
        self.scope.add_shared::<SesConfigurationSet>(draft, spec)
    }

    fn dkim(&mut self) -> Dkim {
        match &self.instance.dkim.value {
            manifest::Dkim::Easy(easy) => Dkim::Easy {
                key_length: easy.key_length.to_string().parse().unwrap_or(2048),
            },
            manifest::Dkim::Byo(byo) => Dkim::Byo {
                selector: byo.selector.as_str().to_owned(),
                key_sha256: kinds::s3_object::sha256(byo.private_key.value.0.expose()),
            },
            manifest::Dkim::Deterministic(replica) => Dkim::Deterministic {
                parent_region: replica.parent_region.as_str().to_owned(),
            },
        }
    }

    fn identity(&mut self, set: Option<&ResourceId>) -> ResourceId {
        let id = self.scope.id::<SesIdentity>(&self.name);
        let spec = ses_identity::Spec {
            domain: self.scope.name.to_owned(),
            dkim: self.dkim(),
            configuration_set: self
                .instance
                .configuration_set
                .as_ref()
                .map(|set| set.name.as_str().to_owned()),
            feedback: *self.instance.feedback,
            tags: self.scope.tags(&id, &texts(&self.instance.tags)),
        };
        let mut dependencies: Vec<Dependency> = set
            .iter()
            .map(|set| Dependency::done(set, "the identity names it as its default"))
            .collect();
        if let manifest::Dkim::Byo(_) = self.instance.dkim.value
            && let Some(record) = self.brought_key_record()
        {
            dependencies.push(Dependency::ready(
                &record,
                "SES looks for the key when the identity is made",
            ));
        }
        if let Dkim::Deterministic { parent_region } = &spec.dkim {
            let parent = self.scope.id::<SesIdentity>(&format!(
                "{}.{parent_region}",
                self.instance.account.as_str()
            ));
            dependencies.push(Dependency::ready(
                &parent,
                "a replica signs with its parent's keys (SES-10)",
            ));
        }
        let draft = self.draft(self.sending("sends as this identity"), dependencies);
        let identity = self.scope.add::<SesIdentity>(draft, spec);
        self.scope.last().wait = true;
        identity
    }

    /// The public half of a brought key, and of those beside it.
    fn brought_key_record(&mut self) -> Option<ResourceId> {
        let instance = self.instance;
        let manifest::Dkim::Byo(byo) = &instance.dkim.value else {
            return None;
        };
        for key in &byo.beside {
            self.key_record(
                &key.selector,
                &key.private_key,
                "signs with this key next, or did until lately",
            );
        }
        self.key_record(&byo.selector, &byo.private_key, "signs with this key")
    }

    fn key_record(
        &mut self,
        selector: &Located<Selector>,
        file: &Located<PrivateKeyFile>,
        purpose: &str,
    ) -> Option<ResourceId> {
        let pem = String::from_utf8_lossy(file.value.0.expose()).into_owned();
        let key = match standards::dkim::public_half(&pem) {
            Ok(key) => key,
            Err(error) => {
                let finding = Finding::new(
                    rules::SES_07,
                    format!("the private key can't be read: {error}"),
                );
                self.scope.find(finding.in_place(file.place()));
                return None;
            }
        };
        let text = standards::dkim::DkimKey::new(standards::dkim::PublicKey::Rsa(key)).to_string();
        let record = Record {
            name: self
                .scope
                .under(&format!("{}._domainkey", selector.as_str()))
                .into(),
            rtype: RecordType::Txt,
            ttl: self.scope.ttl(),
            values: vec![text.into()],
            alias: None,
            sharing: Sharing::Whole,
        };
        let impact = self.sending(purpose);
        Some(self.record(
            format!("dkim.{}", selector.as_str()),
            record,
            impact,
            Vec::new(),
        ))
    }

    fn record(
        &mut self,
        name: String,
        record: Record,
        impact: Impact,
        dependencies: Vec<Dependency>,
    ) -> ResourceId {
        let draft = RecordDraft {
            name,
            record,
            impact,
            dependencies,
            place: self.instance.place(),
            adopt: *self.scope.domain.adopt,
        };
        self.scope.push(self.scope.publisher.record(draft))
    }

    /// Three CNAMEs, whatever their tokens will be (SES-05).
    fn dkim_records(&mut self, identity: &ResourceId) {
        if let manifest::Dkim::Byo(_) = self.instance.dkim.value {
            return;
        }
        for position in 0..3 {
            let target = ses_identity::record_target(position);
            let record = Record {
                name: Field::output(identity, ses_identity::record_name(position)),
                rtype: RecordType::Cname,
                ttl: self.scope.ttl(),
                values: vec![Field::output(identity, target)],
                alias: None,
                sharing: Sharing::Whole,
            };
            let dependency =
                Dependency::done(identity, "SES gives the tokens").undone_in_same_order();
            let impact = self.sending("signs with this key");
            self.record(
                format!("ses.{}.dkim.{}", self.name, position + 1),
                record,
                impact,
                vec![dependency],
            );
        }
    }

    /// MX and SPF first, in sync, then the attribute. Instances of one region share both.
    fn mail_from(&mut self, identity: &ResourceId) {
        let Some(mail_from) = &self.instance.mail_from else {
            return;
        };
        let label = mail_from.to_string();
        let name = if label.ends_with(&format!(".{}", self.scope.name)) {
            label
        } else {
            self.scope.under(&label)
        };
        let region = self.instance.region.as_str();
        let record = |rtype, value: String, sharing| Record {
            name: name.as_str().into(),
            rtype,
            ttl: self.scope.ttl(),
            values: vec![value.into()],
            alias: None,
            sharing,
        };
        let mx = record(
            RecordType::Mx,
            format!("10 feedback-smtp.{region}.amazonses.com"),
            Sharing::Whole,
        );
        let spf = record(
            RecordType::Txt,
            "v=spf1 include:amazonses.com ~all".to_owned(),
            Sharing::OneOf {
                protocol: Protocol::Spf,
            },
        );
        let impact = Impact::new(MailImpact::Sending, format!("bounces and SPF of {name}"));
        let mx = self.record(
            format!("mail-from.{name}.mx"),
            mx,
            impact.clone(),
            Vec::new(),
        );
        let spf = self.record(format!("mail-from.{name}.spf"), spf, impact, Vec::new());
        let spec = ses_mail_from::Spec {
            identity: self.scope.name.to_owned(),
            mail_from: name,
            on_mx_failure: match self.instance.on_mx_failure.value {
                OnMxFailure::UseDefault => ses_mail_from::OnMxFailure::UseDefaultValue,
                OnMxFailure::Reject => ses_mail_from::OnMxFailure::RejectMessage,
            },
        };
        let dependencies = vec![
            Dependency::done(identity, "it is an attribute of the identity"),
            Dependency::ready(&mx, "SES looks for the MX record at once"),
            Dependency::ready(&spf, "mail leaves with this name at once"),
        ];
        let draft = self.draft(self.sending("sends with this MAIL FROM"), dependencies);
        self.scope.add::<SesMailFrom>(draft, spec);
        self.scope.last().wait = true;
        self.scope.last().through = Some(identity.clone());
    }

    fn domain_token(&mut self, identity: &ResourceId) {
        let spec = ses_domain_token::Spec {
            domain: self.scope.name.to_owned(),
        };
        let dependencies = vec![Dependency::done(
            identity,
            "the token belongs to the identity",
        )];
        let draft = self.draft(Impact::none(), dependencies);
        let token = self.scope.add::<SesDomainToken>(draft, spec);
        self.scope.last().through = Some(identity.clone());
        let record = Record {
            name: self.scope.under("_amazonses").into(),
            rtype: RecordType::Txt,
            ttl: self.scope.ttl(),
            values: vec![Field::output(&token, ses_domain_token::TOKEN)],
            alias: None,
            sharing: Sharing::Many,
        };
        let dependency = Dependency::done(&token, "SES gives the token").undone_in_same_order();
        self.record(
            format!("ses.{}.domain-token", self.name),
            record,
            Impact::none(),
            vec![dependency],
        );
    }
}

fn event_destination(
    event: &Located<manifest::EventDestination>,
) -> Option<(String, EventDestination)> {
    let mut types: Vec<String> = event
        .types
        .iter()
        .map(|word| word.to_string().to_uppercase())
        .collect();
    types.sort();
    let destination = match event.target()? {
        EventTarget::Sns(arn) => Destination::Sns(arn.as_str().to_owned()),
        EventTarget::EventBridge(arn) => Destination::EventBridge(arn.as_str().to_owned()),
        EventTarget::Firehose(firehose) => Destination::Firehose {
            stream: firehose.stream.as_str().to_owned(),
            role: firehose.role.as_str().to_owned(),
        },
        EventTarget::CloudWatch(dimensions) => {
            let dimension = |dimension: &Located<manifest::Dimension>| {
                let source = dimension.source.to_string().to_uppercase();
                let value = format!("{source} {}", dimension.default.as_str());
                (dimension.name.as_str().to_owned(), value)
            };
            Destination::CloudWatch(dimensions.iter().map(dimension).collect::<BTreeMap<_, _>>())
        }
    };
    Some((
        event.name.as_str().to_owned(),
        EventDestination { types, destination },
    ))
}
