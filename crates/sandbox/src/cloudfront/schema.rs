//! The schema of documents: the fields that they may hold, those that CloudFront adds, and those that it refuses.

use super::xml::Element;

/// The shape of an element.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Any text.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Number,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// Elements of different names, at most one each.
    Struct(&'static [Field]),
    /// Elements of one name.
    List(&'static str, &'static Shape),
}

/// An element of a [`Shape::Struct`].
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its shape.
    pub shape: Shape,
    /// The treatment of a document without it.
    pub absent: Absent,
}

/// The treatment of a field that was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// The document is refused.
    Refused,
    /// It stays away.
    Left,
    /// This text is filled in.
    Text(&'static str),
    /// It is filled in with what its own fields are filled in with.
    Filled,
}

/// A fault of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A field that must be there is not.
    Missing(String),
    /// A field that does not exist here.
    Unknown(String),
    /// A text that is not a number, or neither `true` nor `false`.
    Value(String, String),
    /// A text that is not one of those allowed.
    NotOneOf(String, String, &'static [&'static str]),
    /// `Quantity` is not the number of `Items`.
    Quantity(String),
}

/// A field that must be sent.
pub const fn required(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        shape,
        absent: Absent::Refused,
    }
}

/// A field that stays away when it is not sent.
pub const fn optional(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        shape,
        absent: Absent::Left,
    }
}

/// A field with a value of its own.
pub const fn default(name: &'static str, shape: Shape, text: &'static str) -> Field {
    Field {
        name,
        shape,
        absent: Absent::Text(text),
    }
}

/// A structure that is always there.
pub const fn filled(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        shape,
        absent: Absent::Filled,
    }
}

/// `element` with everything filled in that CloudFront fills in, in the order of the shape.
pub fn complete(element: &Element, shape: &Shape) -> Result<Element, Fault> {
    match shape {
        Shape::Text => Ok(element.clone()),
        Shape::Bool => scalar(element, |text| matches!(text, "true" | "false")),
        Shape::Number => scalar(element, |text| text.parse::<i64>().is_ok()),
        Shape::OneOf(allowed) => scalar(element, |text| allowed.contains(&text)).map_err(|fault| {
            let name = element.name.clone();
            match fault {
                Fault::Value(_, text) => Fault::NotOneOf(name, text, allowed),
                other => other,
            }
        }),
        Shape::Struct(fields) => structure(element, fields),
        Shape::List(member, shape) => list(element, member, shape),
    }
}

fn scalar(element: &Element, allowed: impl Fn(&str) -> bool) -> Result<Element, Fault> {
    let text = element.text.trim();
    if allowed(text) {
        Ok(Element::leaf(&element.name, text))
    } else {
        Err(Fault::Value(element.name.clone(), text.to_owned()))
    }
}

fn structure(element: &Element, fields: &[Field]) -> Result<Element, Fault> {
    let is_field = |child: &Element| fields.iter().any(|field| field.name == child.name);
    if let Some(unknown) = element.children.iter().find(|child| !is_field(child)) {
        return Err(Fault::Unknown(unknown.name.clone()));
    }
    let mut children = Vec::new();
    for field in fields {
        match (element.child(field.name), field.absent) {
            (Some(child), _) => children.push(complete(child, &field.shape)?),
            (None, Absent::Refused) => return Err(Fault::Missing(field.name.to_owned())),
            (None, Absent::Left) => {}
            (None, Absent::Text(text)) => children.push(Element::leaf(field.name, text)),
            (None, Absent::Filled) => {
                children.push(complete(&Element::leaf(field.name, ""), &field.shape)?);
            }
        }
    }
    let mut complete = Element::node(&element.name, children);
    if fields.iter().any(|field| field.name == "Quantity") {
        count(&mut complete)?;
    }
    Ok(complete)
}

/// CloudFront's lists carry their length; an empty one has no `Items`.
fn count(list: &mut Element) -> Result<(), Fault> {
    let items = list.child("Items").map_or(0, |items| items.children.len());
    if list.text_at("Quantity") != items.to_string() {
        return Err(Fault::Quantity(list.name.clone()));
    }
    if items == 0 {
        list.remove("Items");
    }
    Ok(())
}

fn list(element: &Element, member: &str, shape: &Shape) -> Result<Element, Fault> {
    if let Some(unknown) = element.children.iter().find(|child| child.name != member) {
        return Err(Fault::Unknown(unknown.name.clone()));
    }
    let children = element
        .children
        .iter()
        .map(|child| complete(child, shape))
        .collect::<Result<_, _>>()?;
    Ok(Element::node(&element.name, children))
}
