//! The elements and attributes of SVG Tiny Portable/Secure, as data.
//!
//! Taken from the public schema `SVG_PS-latest.rnc` of the BIMI Group. What is not named here is
//! not part of the profile: there is no list of bad attributes that could be incomplete.

use quick_xml::name::{Namespace, ResolveResult};

/// The namespace that every element of a logo is in.
pub(super) const SVG_NAMESPACE: &[u8] = b"http://www.w3.org/2000/svg";
/// The namespace of `xlink:href`, which the schema refuses and some receivers accept.
pub(super) const XLINK_NAMESPACE: &[u8] = b"http://www.w3.org/1999/xlink";
/// The namespace that the prefix `xml` always stands for.
pub(super) const XML_NAMESPACE: &[u8] = b"http://www.w3.org/XML/1998/namespace";

/// Whether a name is one of the elements of a logo's namespace.
pub(super) fn is_of_svg(namespace: &ResolveResult<'_>) -> bool {
    *namespace == ResolveResult::Bound(Namespace(SVG_NAMESPACE))
}

/// One element of the profile.
#[derive(Debug)]
pub(super) struct Element {
    /// Its name without a prefix.
    pub(super) name: &'static str,
    /// Groups of attributes that it shares with others.
    groups: &'static [&'static [&'static str]],
    /// Attributes of its own.
    own: &'static [&'static str],
    /// The content that may stand directly inside it.
    pub(super) content: Content,
}

/// The content that may stand directly inside an element.
#[derive(Debug)]
pub(super) enum Content {
    /// Nothing but comments.
    Empty,
    /// Text only.
    Text,
    /// These elements only.
    Elements(&'static [&'static [&'static str]]),
}

impl Element {
    /// Whether the schema gives it this attribute (`xml:` stays in the name).
    pub(super) fn allows(&self, attribute: &str) -> bool {
        self.own.contains(&attribute) || self.groups.iter().any(|group| group.contains(&attribute))
    }

    /// Whether the schema lets an element called `child` stand directly inside it.
    pub(super) fn holds(&self, child: &str) -> bool {
        matches!(self.content, Content::Elements(groups) if groups.iter().any(|names| names.contains(&child)))
    }

    /// Whether it is something that is painted.
    pub(super) fn is_shape(&self) -> bool {
        const SHAPES: &[&str] = &[
            "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "textArea",
        ];
        SHAPES.contains(&self.name)
    }
}

/// The element of the profile with this name.
pub(super) fn find(name: &str) -> Option<&'static Element> {
    ELEMENTS.iter().find(|element| element.name == name)
}

/// Elements that run, animate, embed or link. They are outside the profile like any other
/// unknown element, but they have a rule of their own because they are dangerous (SVG-09).
pub(super) const ACTIVE: &[&str] = &[
    "a",
    "animate",
    "animateColor",
    "animateMotion",
    "animateTransform",
    "animation",
    "audio",
    "clipPath",
    "cursor",
    "discard",
    "embed",
    "filter",
    "foreignObject",
    "handler",
    "iframe",
    "image",
    "listener",
    "marker",
    "mask",
    "mpath",
    "object",
    "pattern",
    "prefetch",
    "script",
    "set",
    "style",
    "switch",
    "video",
];

/// Attributes with a single value that the profile accepts (SVG-12).
pub(super) const FIXED: &[(&str, &str)] = &[
    ("zoomAndPan", "disable"),
    ("externalResourcesRequired", "false"),
    ("focusable", "false"),
    ("snapshotTime", "none"),
    ("playbackOrder", "all"),
    ("timelineBegin", "onLoad"),
    ("editable", "none"),
];

/// Attributes with a closed list of values.
pub(super) const VALUES: &[(&str, &[&str])] = &[
    ("fill-rule", &["nonzero", "evenodd", "inherit"]),
    ("stroke-linecap", &["butt", "round", "square", "inherit"]),
    ("stroke-linejoin", &["miter", "round", "bevel", "inherit"]),
    ("vector-effect", &["none", "non-scaling-stroke", "inherit"]),
    ("direction", &["ltr", "rtl", "inherit"]),
    (
        "unicode-bidi",
        &["normal", "embed", "bidi-override", "inherit"],
    ),
    (
        "display-align",
        &["auto", "before", "center", "after", "inherit"],
    ),
    ("font-variant", &["normal", "small-caps", "inherit"]),
    ("font-style", &["normal", "italic", "oblique", "inherit"]),
    ("font-weight", &["normal", "bold", "bolder", "lighter"]),
    ("text-anchor", &["start", "middle", "end", "inherit"]),
    ("text-align", &["start", "center", "end", "inherit"]),
    (
        "color-rendering",
        &["auto", "optimizeSpeed", "optimizeQuality", "inherit"],
    ),
    ("visibility", &["visible", "hidden", "collapse", "inherit"]),
    ("gradientUnits", &["userSpaceOnUse", "objectBoundingBox"]),
    ("xml:space", &["default", "preserve"]),
];

const CORE: &[&str] = &[
    "id",
    "xml:id",
    "xml:base",
    "xml:lang",
    "xml:space",
    "class",
    "role",
    "rel",
    "rev",
    "typeof",
    "content",
    "datatype",
    "resource",
    "about",
    "property",
];

/// Attributes whose values are CSS, which is to say that they can name a resource.
pub(super) const PRESENTATION: &[&str] = &[
    "color",
    "color-rendering",
    "direction",
    "display-align",
    "fill",
    "fill-opacity",
    "fill-rule",
    "font-family",
    "font-size",
    "font-style",
    "font-variant",
    "font-weight",
    "line-increment",
    "solid-color",
    "solid-opacity",
    "stop-color",
    "stop-opacity",
    "stroke",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-opacity",
    "stroke-width",
    "text-align",
    "text-anchor",
    "unicode-bidi",
    "vector-effect",
];

const CONDITIONAL: &[&str] = &["requiredFonts", "systemLanguage"];

const MEDIA: &[&str] = &[
    "display",
    "visibility",
    "image-rendering",
    "shape-rendering",
    "text-rendering",
    "buffered-rendering",
    "viewport-fill",
    "viewport-fill-opacity",
];

const TRANSFORM: &[&str] = &["transform"];

const DESCRIPTIVE: &[&[&str]] = &[CORE, CONDITIONAL, MEDIA];
const PAINTED: &[&[&str]] = &[CORE, PRESENTATION, CONDITIONAL, TRANSFORM];
const PAINT_SERVER: &[&[&str]] = &[CORE, PRESENTATION];
const BARE: &[&[&str]] = &[];

const DRAWN: &[&str] = &[
    "path",
    "rect",
    "circle",
    "line",
    "ellipse",
    "polyline",
    "polygon",
    "solidColor",
    "textArea",
    "linearGradient",
    "radialGradient",
    "text",
    "g",
    "defs",
    "use",
];
const DESCRIPTIONS: &[&str] = &["title", "desc", "metadata"];
const ROOT: &[&str] = &[
    "baseProfile",
    "version",
    "width",
    "height",
    "viewBox",
    "preserveAspectRatio",
    "contentScriptType",
    "externalResourcesRequired",
    "focusable",
    "playbackOrder",
    "snapshotTime",
    "timelineBegin",
    "zoomAndPan",
];

const fn element(
    name: &'static str,
    groups: &'static [&'static [&'static str]],
    own: &'static [&'static str],
    content: Content,
) -> Element {
    Element {
        name,
        groups,
        own,
        content,
    }
}

/// Without the fonts that the schema describes: it refers to them from nowhere, so that no
/// validator accepts one.
static ELEMENTS: &[Element] = &[
    element(
        "svg",
        PAINT_SERVER,
        ROOT,
        Content::Elements(&[DESCRIPTIONS, DRAWN]),
    ),
    element("title", DESCRIPTIVE, &[], Content::Text),
    element("desc", DESCRIPTIVE, &[], Content::Text),
    element("metadata", BARE, &[], Content::Text),
    element("g", PAINTED, &[], Content::Elements(&[DRAWN])),
    element("defs", PAINT_SERVER, &[], Content::Elements(&[DRAWN])),
    element("use", PAINTED, &["href", "x", "y"], Content::Empty),
    element("path", PAINTED, &["d", "pathLength"], Content::Empty),
    element(
        "rect",
        PAINTED,
        &["x", "y", "width", "height", "rx", "ry"],
        Content::Empty,
    ),
    element("circle", PAINTED, &["cx", "cy", "r"], Content::Empty),
    element(
        "ellipse",
        PAINTED,
        &["cx", "cy", "rx", "ry"],
        Content::Empty,
    ),
    element("line", PAINTED, &["x1", "y1", "x2", "y2"], Content::Empty),
    element("polyline", PAINTED, &["points"], Content::Empty),
    element("polygon", PAINTED, &["points"], Content::Empty),
    element(
        "text",
        PAINTED,
        &["x", "y", "rotate", "editable"],
        Content::Text,
    ),
    element(
        "textArea",
        PAINTED,
        &["x", "y", "width", "height"],
        Content::Text,
    ),
    element(
        "linearGradient",
        PAINT_SERVER,
        &["gradientUnits", "x1", "y1", "x2", "y2"],
        Content::Elements(&[&["stop"]]),
    ),
    element(
        "radialGradient",
        PAINT_SERVER,
        &["gradientUnits", "cx", "cy", "r"],
        Content::Elements(&[&["stop"]]),
    ),
    element("stop", PAINT_SERVER, &["offset"], Content::Empty),
    element("solidColor", PAINT_SERVER, &[], Content::Empty),
];
