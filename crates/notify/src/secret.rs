//! The secrets that let their holder write to a receiver.

use std::fmt;

/// The shortest part of a secret that is hidden on its own.
const PART_MIN: usize = 12;

/// A URL or a key that lets its holder write to a receiver. It is in no output.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret as a variable or a file has it, perhaps with a line break at its end.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// `text` without the secret and without the parts of it: an answer may quote a path.
    pub(crate) fn hidden_in(&self, text: &str) -> String {
        let parts = self.0.split(['/', '?', '&', '=']);
        let parts = parts.filter(|part| part.len() >= PART_MIN);
        let secrets = std::iter::once(self.0.as_str()).filter(|all| !all.is_empty());
        secrets.chain(parts).fold(text.to_owned(), |text, secret| {
            text.replace(secret, "(secret)")
        })
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_shown_nowhere() {
        let url = "https://hooks.slack.com/services/T0000000/B0000000/XXXXXXXXXXXXXXXXXXXXXXXX";
        let secret = Secret::new(&format!("{url}\n"));
        assert_eq!(secret.reveal(), url);
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert_eq!(secret.hidden_in(&format!("no {url}")), "no (secret)");
        let path = "no route to XXXXXXXXXXXXXXXXXXXXXXXX";
        assert_eq!(secret.hidden_in(path), "no route to (secret)");
        assert_eq!(Secret::new("").hidden_in("no_team"), "no_team");
    }
}
