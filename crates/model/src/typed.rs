//! Specs and states of any kind: typed inside, of one shape outside.
//!
//! The planner, the engine and the ledger hold resources of all kinds side by side. [`Spec`],
//! [`State`] and [`Before`] carry a kind's own type behind one pointer, together with the
//! [`AnyKind`] that understands it. So a value is read once, where the blueprint makes it or a
//! store hands it over, and is JSON again only where it is written or printed.
//!
//! An enum over all kinds would say the same, but the crate that declares it has to know every
//! kind, and every crate that names it has to depend on that crate. Behind a pointer, a kind stays
//! a folder of its own, and a copy costs a reference count however large the spec is.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::any_kind::{AnyKind, of};
use crate::field::{OutputRef, Outputs};
use crate::kind::Kind;

/// A value of some kind's own type.
trait Held: Any + fmt::Debug + Send + Sync {
    fn as_any(&self) -> &dyn Any;
    fn equals(&self, other: &dyn Held) -> bool;
    fn to_json(&self) -> Value;
}

impl<T: Any + fmt::Debug + PartialEq + Serialize + Send + Sync> Held for T {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn equals(&self, other: &dyn Held) -> bool {
        other.as_any().downcast_ref::<T>() == Some(self)
    }

    fn to_json(&self) -> Value {
        // Plain data with text keys, which JSON always has room for.
        serde_json::to_value(self).unwrap_or(Value::Null)
    }
}

/// A value behind its pointer, with the kind that understands it.
#[derive(Clone)]
struct Typed {
    kind: &'static dyn AnyKind,
    held: Arc<dyn Held>,
}

impl Typed {
    fn of<K: Kind>(value: impl Held) -> Self {
        Self {
            kind: of::<K>(),
            held: Arc::new(value),
        }
    }

    fn get<T: Any>(&self) -> Option<&T> {
        self.held.as_any().downcast_ref()
    }

    fn own<T: Any>(&self, kind: &str) -> &T {
        self.get()
            .unwrap_or_else(|| panic!("a {} where a {kind} belongs", self.kind.name()))
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.held.fmt(f)
    }
}

impl PartialEq for Typed {
    fn eq(&self, other: &Self) -> bool {
        self.kind.name() == other.kind.name() && self.held.equals(other.held.as_ref())
    }
}

impl Serialize for Typed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.held.to_json().serialize(serializer)
    }
}

macro_rules! typed {
    ($name:ident) => {
        impl $name {
            /// The value, if it is one of kind `K`.
            pub fn get<K: Kind>(&self) -> Option<&K::$name> {
                self.typed.get()
            }

            /// The kind that it is of.
            pub fn kind(&self) -> &'static dyn AnyKind {
                self.typed.kind
            }

            /// The value as JSON, for files and for output.
            pub fn to_json(&self) -> Value {
                self.typed.held.to_json()
            }
        }
    };
}

/// The desired properties of a resource, in its kind's own type.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Spec {
    typed: Typed,
    /// Collected once: the planner, the engine and the order of observing all ask for them.
    #[serde(skip)]
    references: Arc<[OutputRef]>,
}

/// The observed properties of a resource, in its kind's own type.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct State {
    typed: Typed,
}

/// The values that were there before a resource was adopted, in its kind's own type.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Before {
    typed: Typed,
}

typed!(Spec);
typed!(State);
typed!(Before);

impl Spec {
    /// A spec of kind `K`.
    pub fn of<K: Kind>(mut spec: K::Spec) -> Self {
        let fields = K::fields(&mut spec).into_iter();
        Self {
            references: fields
                .filter_map(|field| field.reference().cloned())
                .collect(),
            typed: Typed::of::<K>(spec),
        }
    }

    /// The value, which is of kind `K`: it comes from that kind's own methods.
    pub(crate) fn own<K: Kind>(&self) -> &K::Spec {
        self.typed.own(K::NAME)
    }

    /// Every output of another resource that it refers to, in the order of its fields.
    pub fn references(&self) -> &[OutputRef] {
        &self.references
    }

    /// The same spec with every reference that `outputs` knows put in its place; the others stay.
    #[must_use]
    pub fn resolved(&self, outputs: &Outputs<'_>) -> Self {
        if self.references.is_empty() {
            return self.clone();
        }
        self.kind().resolved(self, outputs)
    }
}

impl State {
    /// A state of kind `K`.
    pub fn of<K: Kind>(state: K::State) -> Self {
        Self {
            typed: Typed::of::<K>(state),
        }
    }

    /// The same with what AWS showed `before` of this very resource and does not show for ever.
    #[must_use]
    pub fn still(&self, before: &Self) -> Self {
        self.kind().still(self, before)
    }

    /// The value, which is of kind `K`: it comes from that kind's own methods.
    pub(crate) fn own<K: Kind>(&self) -> &K::State {
        self.typed.own(K::NAME)
    }

    /// The output `name`, once the resource has it.
    pub fn output(&self, name: &str) -> Option<String> {
        self.kind().output(self, name)
    }
}

impl Before {
    /// The value, which is of kind `K`: it comes from that kind's own methods.
    pub(crate) fn own<K: Kind>(&self) -> &K::Before {
        self.typed.own(K::NAME)
    }

    /// Former values of kind `K`.
    pub fn of<K: Kind>(before: K::Before) -> Self {
        Self {
            typed: Typed::of::<K>(before),
        }
    }
}
