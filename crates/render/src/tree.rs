//! The logo as resvg reads it, and how much work it asks for.

use resvg::tiny_skia::{PathSegment, Point, Transform};
use resvg::usvg::{Group, ImageHrefResolver, Node, Options, Path, Tree};
use standards::bimi::Svg;
use standards::bimi::svg::Undrawn;

/// The most shapes that are drawn. A logo of 32 KiB has at most some two thousand of its own.
pub const SHAPES_MAX: usize = 10_000;
/// The most dashes that all strokes together are cut into.
pub const DASHES_MAX: f32 = 100_000.0;
/// The most `use` elements: each copies what it names, which may have others in it.
pub const USES_MAX: usize = 64;

/// Reads the logo; refuses one that asks for too much work, or that may not be drawn at all.
pub(crate) fn read(logo: &Svg) -> Result<Tree, Undrawn> {
    if !logo.is_usable() {
        return Err(Undrawn(
            "receivers refuse it, and it may hold scripts".to_owned(),
        ));
    }
    // usvg copies what is used while it reads, up to a million elements.
    let text = logo.to_string();
    let uses = text.matches("<use").count() + text.matches(":use").count();
    if uses > USES_MAX {
        let reason = format!("it has {uses} `use` elements, more than {USES_MAX}");
        return Err(Undrawn(reason));
    }
    let options = Options {
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    let tree = Tree::from_str(&text, &options)
        .map_err(|error| Undrawn(format!("it can't be drawn: {error}")))?;
    let mut work = Work::default();
    work.add(tree.root());
    work.judge()?;
    Ok(tree)
}

/// The transform that fits a drawing into the middle of a square.
pub(crate) fn fit(tree: &Tree, side: u16) -> Transform {
    let (width, height) = (tree.size().width(), tree.size().height());
    let side = f32::from(side);
    let scale = side / width.max(height);
    let middle = |length: f32| (side - length * scale) / 2.0;
    Transform::from_translate(middle(width), middle(height)).pre_scale(scale, scale)
}

/// The work that a drawing asks for.
#[derive(Default)]
struct Work {
    shapes: usize,
    dashes: f32,
}

impl Work {
    fn add(&mut self, group: &Group) {
        for node in group.children() {
            self.shapes += 1;
            match node {
                Node::Group(group) => self.add(group),
                Node::Path(path) => self.dashes += dashes(path),
                Node::Image(_) | Node::Text(_) => {}
            }
        }
        if let Some(clip) = group.clip_path() {
            self.add(clip.root());
        }
        if let Some(mask) = group.mask() {
            self.add(mask.root());
        }
    }

    fn judge(&self) -> Result<(), Undrawn> {
        if self.shapes > SHAPES_MAX {
            let reason = format!("it draws {} shapes, more than {SHAPES_MAX}", self.shapes);
            return Err(Undrawn(reason));
        }
        // A figure that is not finite is no small one.
        if !self.dashes.is_finite() || self.dashes > DASHES_MAX {
            let reason = format!("its strokes have more than {DASHES_MAX} dashes");
            return Err(Undrawn(reason));
        }
        Ok(())
    }
}

/// About how many dashes the stroke of a path is cut into.
fn dashes(path: &Path) -> f32 {
    let Some(array) = path.stroke().and_then(|stroke| stroke.dasharray()) else {
        return 0.0;
    };
    let period: f32 = array.iter().sum();
    let count = f32::from(u16::try_from(array.len()).unwrap_or(u16::MAX));
    length(path) * count / period
}

/// At least the length of a path: a curve is no longer than the lines between its points.
fn length(path: &Path) -> f32 {
    let (mut length, mut last, mut start) = (0.0, Point::zero(), Point::zero());
    let mut to = |points: &[Point]| {
        for point in points {
            length += (point.x - last.x).hypot(point.y - last.y);
            last = *point;
        }
    };
    for segment in path.data().segments() {
        match segment {
            PathSegment::MoveTo(point) => {
                start = point;
                // The way to a start is not drawn; counting it is on the safe side.
                to(&[point]);
            }
            PathSegment::LineTo(point) => to(&[point]),
            PathSegment::QuadTo(one, point) => to(&[one, point]),
            PathSegment::CubicTo(one, two, point) => to(&[one, two, point]),
            PathSegment::Close => to(&[start]),
        }
    }
    length
}
