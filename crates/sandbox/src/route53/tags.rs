//! Tags of hosted zones.

use std::collections::BTreeMap;

use crate::route53::error::Error;
use crate::route53::state::{Caller, State};

/// How many tags a zone may have.
const TAGS_MAX: usize = 10;

impl State {
    /// A zone's tags.
    pub fn tags(&self, caller: &Caller<'_>, id: &str) -> Result<&BTreeMap<String, String>, Error> {
        Ok(&self.zone(caller, id)?.tags)
    }

    /// Removes tags, then adds some.
    pub fn change_tags(
        &mut self,
        caller: &Caller<'_>,
        id: &str,
        add: Vec<(String, String)>,
        remove: &[String],
    ) -> Result<(), Error> {
        let mut tags = self.zone(caller, id)?.tags.clone();
        if add.is_empty() && remove.is_empty() {
            return Err(Error::InvalidInput(
                "You must specify at least one of AddTags and RemoveTagKeys.".to_owned(),
            ));
        }
        for key in remove {
            tags.remove(key);
        }
        for (key, value) in add {
            if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
                return Err(Error::InvalidInput(format!(
                    "The tag '{key}' is not valid."
                )));
            }
            tags.insert(key, value);
        }
        if tags.len() > TAGS_MAX {
            return Err(Error::InvalidInput(format!(
                "Number of tags limit of {TAGS_MAX} exceeded."
            )));
        }
        self.zone_mut(caller, id)?.tags = tags;
        Ok(())
    }
}
