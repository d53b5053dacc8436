//! The tags of a hundred resources at once, over all services.

use std::collections::BTreeMap;

use model::KindError;

use crate::reader::Key;
use crate::session::Session;

/// A resource by its ARN, in the session's region; global ones are in us-east-1.
///
/// The Resource Groups Tagging API follows the services with a delay, and shows what was deleted for a
/// while. So its answer confirms what is known, and is never the reason to change something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tagged(pub String);

impl Key for Tagged {
    type Snapshot = BTreeMap<String, String>;
    /// Resource Groups Tagging API reference, `GetResources`: `ResourceARNList`.
    const MOST: usize = 100;

    async fn read(
        session: &Session,
        keys: &[Self],
    ) -> Result<BTreeMap<Self, Self::Snapshot>, KindError> {
        let names = keys.iter().map(|key| key.0.clone()).collect();
        let client = session.tagging();
        let request = client.get_resources().set_resource_arn_list(Some(names));
        let answer = request.send().await;
        let answer = answer.map_err(|error| crate::error("GetResources", &error))?;
        let resources = answer.resource_tag_mapping_list.unwrap_or_default();
        let tagged = resources.into_iter().filter_map(|resource| {
            let tags = resource.tags.unwrap_or_default().into_iter();
            let tags = tags.map(|tag| (tag.key, tag.value)).collect();
            Some((Self(resource.resource_arn?), tags))
        });
        Ok(tagged.collect())
    }
}
