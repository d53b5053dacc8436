//! The settings of the shared AWS configuration that the SDK for Rust passes over.
//!
//! The SDK reads `~/.aws/config` as the AWS CLI does, but for a few settings that it ignores without
//! a word. Each of them is honoured here, or refused with the reason: a setting that is ignored acts
//! in another account, or sends to AWS what was meant for an emulator.

use std::collections::BTreeSet;

use aws_config::profile::ProfileSet;
use aws_runtime::env_config::EnvConfigValue;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_runtime::env_config::property::PropertiesKey;
use aws_types::os_shim_internal::{Env, Fs};

/// How many profiles may name each other as `source_profile`.
const CHAIN_MAX: usize = 10;

/// Spellings of services that people try in `AWS_ENDPOINT_URL_<SERVICE>` and in `services` sections,
/// and that no AWS client understands, with the documented ones (AWS SDKs and Tools Reference Guide,
/// "Service-specific endpoints").
const MISSPELT: [(&str, &str); 6] = [
    ("route53", "route_53"),
    ("cloud_front", "cloudfront"),
    ("cloud-front", "cloudfront"),
    ("ses_v2", "sesv2"),
    ("ses-v2", "sesv2"),
    ("sesv1", "ses"),
];

/// The shared configuration, with the profile that is in force.
#[derive(Debug)]
pub(crate) struct Profile {
    env: Env,
    sections: ProfileSet,
    /// Whether the manifest names it.
    is_named: bool,
}

impl Profile {
    /// Reads the shared configuration; `name` is the profile that the manifest names.
    pub(crate) async fn load(name: Option<&str>) -> Result<Self, String> {
        let env = Env::real();
        let files = EnvConfigFiles::default();
        let selected = name.map(|name| name.to_owned().into());
        let sections = aws_config::profile::load(&Fs::real(), &env, &files, selected)
            .await
            .map_err(|error| format!("the shared AWS configuration cannot be read: {error}"))?;
        let profile = Self {
            env,
            sections,
            is_named: name.is_some(),
        };
        profile.check()?;
        Ok(profile)
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        self.sections.selected_profile()
    }

    /// How often the SDK may try a call, where somebody says so.
    pub(crate) fn max_attempts(&self) -> Result<Option<u32>, String> {
        let setting = EnvConfigValue::new()
            .env("AWS_MAX_ATTEMPTS")
            .profile("max_attempts");
        let Some((value, _)) = setting.load(&self.env, Some(&self.sections)) else {
            return Ok(None);
        };
        match value.trim().parse() {
            Ok(attempts) if attempts > 0 => Ok(Some(attempts)),
            _ => Err(format!(
                "AWS_MAX_ATTEMPTS is `{value}`, which is no number of attempts"
            )),
        }
    }

    /// The file with the authorities that are trusted in place of the system's.
    pub(crate) fn ca_bundle(&self) -> Option<String> {
        let setting = EnvConfigValue::new()
            .env("AWS_CA_BUNDLE")
            .profile("ca_bundle");
        let (value, _) = setting.load(&self.env, Some(&self.sections))?;
        Some(value.into_owned())
    }

    /// The endpoint of a service under the spelling that is documented and that the SDK does not
    /// read: it turns `Route 53` into `route-53`, where the documentation has `route_53`. Nothing
    /// where the SDK finds one by itself.
    pub(crate) fn endpoint(&self, service: &str) -> Option<String> {
        let spelt = service.to_lowercase().replace(' ', "_");
        let variable = format!("AWS_ENDPOINT_URL_{}", spelt.to_uppercase());
        let is_set = |name: &str| self.env.get(name).is_ok();
        let is_off = |value: &str| value.eq_ignore_ascii_case("true");
        if is_set(&variable)
            || is_set("AWS_ENDPOINT_URL")
            || self
                .setting("ignore_configured_endpoint_urls")
                .is_some_and(is_off)
            || is_set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
        {
            return None;
        }
        self.in_services(&spelt)
    }

    /// The advice for a person without credentials.
    pub(crate) fn login(&self) -> String {
        let name = self.name();
        let has = |key: &str| self.setting(key).is_some();
        if has("sso_session") || has("sso_start_url") {
            return format!("run `aws sso login --profile {name}`");
        }
        if has("credential_process") {
            return format!("see what `credential_process` of the profile `{name}` prints");
        }
        if self.is_named || self.env.get("AWS_PROFILE").is_ok() {
            return format!("run `aws configure --profile {name}`");
        }
        "run `aws sso login` or `aws configure`, or name a `profile` for the account".to_owned()
    }

    fn setting(&self, key: &str) -> Option<&str> {
        self.sections.get(key)
    }

    fn in_services(&self, service: &str) -> Option<String> {
        let key = PropertiesKey::builder()
            .section_key("services")
            .section_name(self.setting("services")?)
            .property_name(service)
            .sub_property_name("endpoint_url")
            .build()
            .ok()?;
        let value = self.sections.other_sections().get(&key)?;
        Some(value.clone())
    }

    fn check(&self) -> Result<(), String> {
        let name = self.name();
        if self.is_named && self.sections.get_profile(name).is_none() {
            return Err(format!(
                "there is no profile `{name}` in the shared AWS configuration: \
                 `aws configure list-profiles` shows those that there are"
            ));
        }
        self.check_spelling()?;
        // What the environment gives goes before the profile, unless the manifest names it.
        if self.is_named || self.env.get("AWS_ACCESS_KEY_ID").is_err() {
            self.check_login()?;
        }
        Ok(())
    }

    fn check_spelling(&self) -> Result<(), String> {
        for (wrong, right) in MISSPELT {
            let (variable, meant) = (variable(wrong), variable(right));
            if self.env.get(&variable).is_ok() {
                return Err(format!(
                    "{variable} is set, which no AWS client reads: its name is {meant}"
                ));
            }
            if self.in_services(wrong).is_some() {
                return Err(format!(
                    "the `services` section of the profile `{}` has an endpoint for `{wrong}`, \
                     which no AWS client reads: its name is `{right}`",
                    self.name()
                ));
            }
        }
        Ok(())
    }

    /// Refuses what needs a person at a prompt, or a part of the SDK that is not built in.
    fn check_login(&self) -> Result<(), String> {
        let mut met = BTreeSet::new();
        let mut name = self.name();
        while met.len() < CHAIN_MAX && met.insert(name.to_owned()) {
            let Some(profile) = self.sections.get_profile(name) else {
                return Ok(());
            };
            let export = format!("aws configure export-credentials --profile {name}");
            if profile.get("mfa_serial").is_some() {
                return Err(format!(
                    "the profile `{name}` asks for a code of MFA (mfa_serial), which a run cannot \
                     enter: run `eval \"$({export} --format env)\"` and leave `profile` out"
                ));
            }
            if profile.get("login_session").is_some() {
                return Err(format!(
                    "the profile `{name}` uses a session of `aws login`: run `aws login --profile \
                     {name}` and add `credential_process = {export} --format process` to a profile \
                     of its own"
                ));
            }
            match profile.get("source_profile") {
                Some(source) => name = source,
                None => return Ok(()),
            }
        }
        Ok(())
    }
}

fn variable(service: &str) -> String {
    format!(
        "AWS_ENDPOINT_URL_{}",
        service.to_uppercase().replace('-', "_")
    )
}
