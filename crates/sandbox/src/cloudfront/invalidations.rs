//! The operations on invalidations.

use jiff::{SignedDuration, Timestamp};

use super::distribution::Distribution;
use super::invalidation::Invalidation;
use super::schema::complete;
use super::shapes::INVALIDATION_BATCH;
use super::state::Limits;
use super::xml::Element;
use super::{error, ids};
use crate::service::ServiceError;

impl Distribution {
    /// Asks for an invalidation and gives its id. The same caller reference with the same paths
    /// gives the first one.
    pub fn invalidate(
        &mut self,
        batch: &Element,
        limits: &Limits,
        now: Timestamp,
        delay: SignedDuration,
    ) -> Result<String, ServiceError> {
        let batch = complete(batch, &INVALIDATION_BATCH)?;
        let reference = batch.text_at("CallerReference");
        if let Some(first) = self
            .invalidations
            .iter()
            .find(|held| held.reference() == reference)
        {
            if first.batch == batch {
                return Ok(first.id.clone());
            }
            return Err(error::error(
                400,
                "InvalidationBatchAlreadyExists",
                "The invalidation batch that you specified has the same caller reference as another batch with other paths.",
            ));
        }
        self.check_paths(&batch, limits)?;
        let id = ids::invalidation(&[&self.id, reference]);
        self.invalidations.push(Invalidation {
            id: id.clone(),
            batch,
            created_at: now,
            due: now + delay,
            done: false,
        });
        Ok(id)
    }

    /// The one of this id.
    pub fn invalidation(&self, id: &str) -> Result<&Invalidation, ServiceError> {
        self.invalidations
            .iter()
            .find(|invalidation| invalidation.id == id)
            .ok_or_else(|| {
                error::error(
                    404,
                    "NoSuchInvalidation",
                    "The specified invalidation does not exist.",
                )
            })
    }

    /// How many are under way.
    pub(super) fn invalidations_in_progress(&self) -> usize {
        self.invalidations
            .iter()
            .filter(|invalidation| !invalidation.done)
            .count()
    }

    /// Forgets what is due. Nothing can have been kept between then and `now`: the edge advances
    /// the world before it keeps anything.
    pub(super) fn finish_invalidations(&mut self, now: Timestamp) {
        let due = self
            .invalidations
            .iter_mut()
            .filter(|held| !held.done && held.due <= now);
        for invalidation in due {
            invalidation.done = true;
            let forgotten: Vec<&str> = invalidation.paths().collect();
            self.kept
                .retain(|path, _| !forgotten.iter().any(|pattern| matches(pattern, path)));
        }
    }

    fn check_paths(&self, batch: &Element, limits: &Limits) -> Result<(), ServiceError> {
        let paths: Vec<&str> = batch
            .items("Paths")
            .iter()
            .map(|path| path.text.as_str())
            .collect();
        if paths.is_empty() {
            return Err(error::argument(
                "Your request must contain at least one path to invalidate.",
            ));
        }
        if let Some(path) = paths.iter().find(|path| !is_path(path)) {
            return Err(error::argument(format!(
                "Your request contains one or more invalid invalidation paths: {path}"
            )));
        }
        let under_way = || {
            self.invalidations
                .iter()
                .filter(|held| !held.done)
                .flat_map(Invalidation::paths)
        };
        let wild = |path: &&str| path.ends_with('*');
        let all = under_way().count() + paths.len();
        let wildcards =
            under_way().filter(wild).count() + paths.iter().copied().filter(wild).count();
        if all > limits.invalidation_paths || wildcards > limits.invalidation_wildcards {
            return Err(error::error(
                400,
                "TooManyInvalidationsInProgress",
                "Processing your request will cause you to exceed the maximum number of in-progress wildcard invalidations.",
            ));
        }
        Ok(())
    }
}

/// It begins with a slash, is in URL characters, and has a star only at its end.
fn is_path(path: &str) -> bool {
    path.starts_with('/')
        && path.bytes().all(|octet| octet.is_ascii_graphic())
        && !path.trim_end_matches('*').contains('*')
}

pub(super) fn matches(pattern: &str, path: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => path.starts_with(prefix),
        None => path == pattern,
    }
}
