//! The record of drift that an operator accepts.

use model::Field;

use super::{Alias, Record, Sharing, State};

impl Record {
    /// The record that asks for what stands in the place of ours; nothing where nothing does.
    ///
    /// Of two values that exclude each other one is somebody else's, and receivers ignore both (DNS-07):
    /// then nothing is taken over, and the drift stays.
    pub fn accepted(&self, actual: &State) -> Option<Self> {
        let set = actual.set.as_ref()?;
        let values = self.standing(set, Some(self));
        let is_ambiguous = matches!(self.sharing, Sharing::OneOf { .. }) && values.len() > 1;
        if is_ambiguous {
            return Some(self.clone());
        }
        let values = values
            .iter()
            .map(|value| Field::Known((*value).to_owned()))
            .collect();
        let alias = set.alias.clone().map(|(target, zone)| Alias {
            target: Field::Known(target),
            zone,
        });
        let accepted = Self {
            values,
            alias,
            ..self.clone()
        };
        // The TTL belongs to the whole set.
        let is_alone = accepted.foreign(set, None).is_empty();
        let accepted = Self {
            ttl: set.ttl.filter(|_| is_alone).unwrap_or(self.ttl),
            ..accepted
        };
        let is_anything = !accepted.values.is_empty() || accepted.alias.is_some();
        is_anything.then_some(accepted)
    }
}
