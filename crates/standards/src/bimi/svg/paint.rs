//! The colours that a logo shows, and whether its canvas is covered: SVG-22 and SVG-23.

use std::collections::BTreeSet;

use super::ViewBox;
use super::attribute::Attributes;
use super::geometry;

/// More colours than this are not told apart.
const MOST_COLOURS: usize = 16;

/// How an element paints, inherited from what it stands in.
#[derive(Clone, Debug)]
pub(super) struct Style {
    fill: Paint,
    stroke: Paint,
    /// Whether a fill lets nothing through.
    opaque: bool,
    /// Whether something moves or scales it, so that its coordinates are not the canvas'.
    transformed: bool,
    /// Whether it is only a definition that is painted where it is used.
    defined: bool,
}

impl Style {
    /// The style that the root starts from: black fill, no stroke.
    pub(super) fn initial() -> Self {
        Self {
            fill: Paint::Colour(Colour::Rgb(0)),
            stroke: Paint::None,
            opaque: true,
            transformed: false,
            defined: false,
        }
    }

    /// The style of an element called `element` with `attributes` inside one of this style.
    pub(super) fn inherit(&self, element: &str, attributes: &Attributes) -> Self {
        let mut style = self.clone();
        let inline = attributes.value("style");
        let property = |name: &str| {
            let stated = inline.and_then(|inline| declared(inline, name));
            stated.or_else(|| attributes.value(name))
        };
        if let Some(fill) = property("fill") {
            style.fill = Paint::parse(fill, &self.fill);
        }
        if let Some(stroke) = property("stroke") {
            style.stroke = Paint::parse(stroke, &self.stroke);
        }
        for name in ["fill-opacity", "opacity"] {
            if let Some(opacity) = property(name) {
                style.opaque &= is_opaque(opacity);
            }
        }
        if matches!(property("visibility"), Some("hidden" | "collapse"))
            || property("display").map(str::trim) == Some("none")
        {
            style.defined = true;
        }
        style.transformed |= attributes.value("transform").is_some();
        style.defined |= matches!(element, "defs" | "linearGradient" | "radialGradient");
        style
    }
}

/// The value of a property in a `style` attribute, which may not stand in a logo, but is what is
/// drawn with until it is taken out.
fn declared<'a>(inline: &'a str, property: &str) -> Option<&'a str> {
    let declarations = inline.split(';').filter_map(|one| one.split_once(':'));
    let mut of_it = declarations.filter(|(name, _)| name.trim() == property);
    of_it.next_back().map(|(_, value)| value.trim())
}

fn is_opaque(opacity: &str) -> bool {
    geometry::number(opacity.trim()).is_none_or(|opacity| opacity >= 1.0)
}

/// The picture as far as it is known.
#[derive(Debug, Default)]
pub(super) struct Picture {
    colours: BTreeSet<Colour>,
    covering: Covering,
    /// A gradient has a stop that lets something through.
    translucent_stop: bool,
    /// A style sheet says how things are painted.
    has_sheet: bool,
}

/// How sure it is that the canvas is covered by something opaque, in growing order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Covering {
    #[default]
    Nothing,
    /// By a gradient, if all its stops are opaque.
    Gradient,
    /// Something opaque was drawn through a transform, which this program does not follow.
    Perhaps,
    Certain,
}

impl Picture {
    /// Takes in one element that paints with `style`.
    pub(super) fn paint(
        &mut self,
        element: &str,
        style: &Style,
        attributes: &Attributes,
        canvas: Option<ViewBox>,
    ) {
        match element {
            "stop" => {
                let inline = attributes.value("style");
                let property = |name: &str| {
                    let stated = inline.and_then(|inline| declared(inline, name));
                    stated.or_else(|| attributes.value(name))
                };
                let colour = property("stop-color").unwrap_or("black");
                self.add(&Paint::parse(colour, &Paint::None));
                let opaque = property("stop-opacity").is_none_or(is_opaque);
                self.translucent_stop |= !opaque;
            }
            "solidColor" => {
                let colour = attributes.value("solid-color").unwrap_or("black");
                self.add(&Paint::parse(colour, &Paint::None));
            }
            _ if style.defined => {}
            _ => self.paint_shape(element, style, attributes, canvas),
        }
    }

    fn paint_shape(
        &mut self,
        element: &str,
        style: &Style,
        attributes: &Attributes,
        canvas: Option<ViewBox>,
    ) {
        // A line has no inside.
        if element != "line" {
            self.add(&style.fill);
        }
        self.add(&style.stroke);
        if !style.opaque || matches!(style.fill, Paint::None) {
            return;
        }
        let covering = if style.transformed {
            match element {
                "rect" | "path" | "polygon" | "circle" | "ellipse" => Covering::Perhaps,
                _ => Covering::Nothing,
            }
        } else if !canvas.is_some_and(|canvas| geometry::covers(element, attributes, canvas)) {
            Covering::Nothing
        } else if style.fill == Paint::Reference {
            Covering::Gradient
        } else {
            Covering::Certain
        };
        self.covering = self.covering.max(covering);
    }

    fn add(&mut self, paint: &Paint) {
        if let Paint::Colour(colour) = paint
            && self.colours.len() < MOST_COLOURS
        {
            self.colours.insert(colour.clone());
        }
    }

    /// Notes that a style sheet, which this program does not follow, says how things are painted.
    pub(super) fn painted_by_a_sheet(&mut self) {
        self.has_sheet = true;
    }

    /// Whether everything is of one colour, as far as this program can see.
    pub(super) fn has_one_colour(&self) -> bool {
        !self.has_sheet && self.colours.len() < 2
    }

    /// Whether the canvas is covered by something opaque, as far as this program can see.
    pub(super) fn is_covered(&self) -> bool {
        match self.covering {
            Covering::Nothing => self.has_sheet,
            Covering::Gradient => self.has_sheet || !self.translucent_stop,
            Covering::Perhaps | Covering::Certain => true,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Paint {
    None,
    /// A gradient or another paint server; its colours are counted at its stops.
    Reference,
    Colour(Colour),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Colour {
    Rgb(u32),
    /// A name that is not in [`NAMED`], in lower case.
    Named(String),
}

/// The sixteen colours of SVG Tiny, and orange.
const NAMED: &[(&str, u32)] = &[
    ("aqua", 0x00_ffff),
    ("black", 0),
    ("blue", 0x00_00ff),
    ("fuchsia", 0xff_00ff),
    ("gray", 0x80_8080),
    ("grey", 0x80_8080),
    ("green", 0x00_8000),
    ("lime", 0x00_ff00),
    ("maroon", 0x80_0000),
    ("navy", 0x00_0080),
    ("olive", 0x80_8000),
    ("orange", 0xff_a500),
    ("purple", 0x80_0080),
    ("red", 0xff_0000),
    ("silver", 0xc0_c0c0),
    ("teal", 0x00_8080),
    ("white", 0xff_ffff),
    ("yellow", 0xff_ff00),
];

impl Paint {
    fn parse(text: &str, inherited: &Self) -> Self {
        let text = text.trim().to_ascii_lowercase();
        match text.as_str() {
            "" | "inherit" => inherited.clone(),
            "none" | "transparent" => Self::None,
            _ if text.starts_with("url(") => Self::Reference,
            _ => Self::Colour(Colour::parse(&text)),
        }
    }
}

impl Colour {
    /// `text` is in lower case. Different spellings of one colour are equal.
    fn parse(text: &str) -> Self {
        if let Some(colour) = text
            .strip_prefix('#')
            .and_then(hex)
            .or_else(|| functional(text))
        {
            return Self::Rgb(colour);
        }
        match NAMED.iter().find(|(name, _)| *name == text) {
            Some((_, colour)) => Self::Rgb(*colour),
            None => Self::Named(text.chars().take(32).collect()),
        }
    }
}

fn hex(digits: &str) -> Option<u32> {
    let value = u32::from_str_radix(digits, 16).ok()?;
    match digits.len() {
        6 => Some(value),
        // `#abc` is `#aabbcc`.
        3 => Some([8, 4, 0].iter().fold(0, |colour, shift| {
            (colour << 8) | (((value >> shift) & 0xf) * 0x11)
        })),
        _ => None,
    }
}

fn functional(text: &str) -> Option<u32> {
    let inside = text.strip_prefix("rgb(")?.strip_suffix(')')?;
    let mut parts = inside.split(',').map(str::trim);
    let mut colour = 0;
    for _ in 0..3 {
        let part = parts.next()?;
        let level: u32 = match part.strip_suffix('%') {
            Some(percent) => percent.parse::<u32>().ok()?.min(100) * 255 / 100,
            None => part.parse::<u32>().ok()?.min(255),
        };
        colour = (colour << 8) | level;
    }
    parts.next().is_none().then_some(colour)
}
