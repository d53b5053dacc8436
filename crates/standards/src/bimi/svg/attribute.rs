//! The attributes of one tag.

use std::fmt;
use std::ops::Range;

/// One attribute, its name with a canonical prefix (`xml:`, `xlink:`) and its value with
/// character references read. No entity is ever resolved.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: Name,
    pub(super) value: String,
    pub(super) span: Range<usize>,
    /// The attribute with the white space before it.
    pub(super) with_space: Range<usize>,
}

/// The attributes of one element.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    pub(super) list: Vec<Attribute>,
    /// The byte after the element's name, where another one may be written.
    pub(super) start: usize,
}

impl Attributes {
    /// The attribute called `name`.
    pub(super) fn get(&self, name: &str) -> Option<&Attribute> {
        self.list
            .iter()
            .find(|attribute| matches!(&attribute.name, Name::Known(known) if known == name))
    }

    /// The value of the attribute called `name`.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.get(name).map(|attribute| attribute.value.as_str())
    }
}

/// The name of an attribute.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// A name of the profile's kind: no prefix, `xml:` or `xlink:`.
    Known(String),
    /// A name in some other namespace, as it is written.
    Foreign(String),
    /// A declaration of a namespace: the prefix (empty for the default one).
    Namespace(String),
}

/// As it may be written.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(name) | Self::Foreign(name) => f.write_str(name),
            Self::Namespace(prefix) if prefix.is_empty() => f.write_str("xmlns"),
            Self::Namespace(prefix) => write!(f, "xmlns:{prefix}"),
        }
    }
}
