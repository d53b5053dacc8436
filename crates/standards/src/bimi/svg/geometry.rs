//! Whether a shape covers the whole canvas: just enough geometry to recognise a background.

use super::ViewBox;
use super::attribute::Attributes;

/// How far a coordinate may miss the edge of the canvas and still count as on it.
/// Drawing programs write `99.999`.
const SLACK: f64 = 0.01;

/// Whether the shape called `element` covers `canvas`, corners included.
pub(super) fn covers(element: &str, attributes: &Attributes, canvas: ViewBox) -> bool {
    match element {
        "rect" => rect_covers(attributes, canvas),
        "circle" => {
            let radius = length(attributes, "r", canvas.width, 0.0);
            radius.is_some_and(|radius| ellipse_covers(attributes, canvas, radius, radius))
        }
        "ellipse" => {
            let radii = (
                length(attributes, "rx", canvas.width, 0.0),
                length(attributes, "ry", canvas.height, 0.0),
            );
            matches!(radii, (Some(rx), Some(ry)) if ellipse_covers(attributes, canvas, rx, ry))
        }
        "polygon" => attributes
            .value("points")
            .and_then(points_of_polygon)
            .is_some_and(|points| rectangle_covers(&points, canvas)),
        "path" => attributes
            .value("d")
            .and_then(points_of_path)
            .is_some_and(|points| rectangle_covers(&points, canvas)),
        _ => false,
    }
}

fn rect_covers(attributes: &Attributes, canvas: ViewBox) -> bool {
    let side = |name, whole, default| length(attributes, name, whole, default);
    let (Some(x), Some(y), Some(width), Some(height), Some(rx), Some(ry)) = (
        side("x", canvas.width, 0.0),
        side("y", canvas.height, 0.0),
        side("width", canvas.width, 0.0),
        side("height", canvas.height, 0.0),
        side("rx", canvas.width, 0.0),
        side("ry", canvas.height, 0.0),
    ) else {
        return false;
    };
    // Round corners leave the canvas' corners transparent.
    rx <= SLACK && ry <= SLACK && box_covers((x, y), (x + width, y + height), canvas)
}

fn box_covers(low: (f64, f64), high: (f64, f64), canvas: ViewBox) -> bool {
    low.0 <= canvas.min_x + SLACK
        && low.1 <= canvas.min_y + SLACK
        && high.0 >= canvas.min_x + canvas.width - SLACK
        && high.1 >= canvas.min_y + canvas.height - SLACK
}

fn ellipse_covers(attributes: &Attributes, canvas: ViewBox, rx: f64, ry: f64) -> bool {
    let (Some(cx), Some(cy)) = (
        length(attributes, "cx", canvas.width, 0.0),
        length(attributes, "cy", canvas.height, 0.0),
    ) else {
        return false;
    };
    let farthest =
        |from: f64, start: f64, size: f64| (from - start).abs().max((start + size - from).abs());
    let dx = farthest(cx, canvas.min_x, canvas.width) - SLACK;
    let dy = farthest(cy, canvas.min_y, canvas.height) - SLACK;
    rx > 0.0 && ry > 0.0 && (dx / rx).powi(2) + (dy / ry).powi(2) <= 1.0
}

/// Whether `points` are the corners of an upright rectangle that covers `canvas`.
fn rectangle_covers(points: &[(f64, f64)], canvas: ViewBox) -> bool {
    let low = points.iter().fold((f64::MAX, f64::MAX), |low, p| {
        (low.0.min(p.0), low.1.min(p.1))
    });
    let high = points.iter().fold((f64::MIN, f64::MIN), |high, p| {
        (high.0.max(p.0), high.1.max(p.1))
    });
    let near = |a: f64, b: f64| (a - b).abs() <= SLACK;
    let on_corner = |p: &(f64, f64)| {
        (near(p.0, low.0) || near(p.0, high.0)) && (near(p.1, low.1) || near(p.1, high.1))
    };
    let upright = points
        .iter()
        .zip(points.iter().cycle().skip(1))
        .all(|(a, b)| near(a.0, b.0) || near(a.1, b.1));
    let corners = [
        (low.0, low.1),
        (high.0, low.1),
        (high.0, high.1),
        (low.0, high.1),
    ];
    let all_corners = corners.iter().all(|corner| {
        points
            .iter()
            .any(|p| near(p.0, corner.0) && near(p.1, corner.1))
    });
    points.len() >= 4
        && upright
        && all_corners
        && points.iter().all(on_corner)
        && box_covers(low, high, canvas)
}

/// A length in user units; a percentage is of `whole`. `None` when it can't be read.
fn length(attributes: &Attributes, name: &str, whole: f64, default: f64) -> Option<f64> {
    let Some(text) = attributes.value(name) else {
        return Some(default);
    };
    let text = text.trim();
    if let Some(percent) = text.strip_suffix('%') {
        return number(percent).map(|percent| percent / 100.0 * whole);
    }
    number(text.strip_suffix("px").unwrap_or(text))
}

/// A finite decimal number, as SVG writes it.
pub(super) fn number(text: &str) -> Option<f64> {
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
    if text.is_empty() || !text.chars().all(plain) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A background has four corners, five when it is closed by hand; more is something else.
const MOST_POINTS: usize = 6;

fn points_of_polygon(text: &str) -> Option<Vec<(f64, f64)>> {
    let mut scanner = Scanner { rest: text };
    let mut points = Vec::new();
    while !scanner.at_end() {
        points.push((scanner.number()?, scanner.number()?));
        if points.len() > MOST_POINTS {
            return None;
        }
    }
    Some(points)
}

/// The corners of a path that is one closed outline of straight lines.
fn points_of_path(text: &str) -> Option<Vec<(f64, f64)>> {
    let mut scanner = Scanner { rest: text };
    let mut points: Vec<(f64, f64)> = Vec::new();
    let mut at = (0.0, 0.0);
    let mut command = scanner.command()?;
    if !command.eq_ignore_ascii_case(&'m') {
        return None;
    }
    loop {
        let base = if command.is_ascii_lowercase() {
            at
        } else {
            (0.0, 0.0)
        };
        at = match command.to_ascii_lowercase() {
            'm' | 'l' => (base.0 + scanner.number()?, base.1 + scanner.number()?),
            'h' => (base.0 + scanner.number()?, at.1),
            'v' => (at.0, base.1 + scanner.number()?),
            _ => return None,
        };
        points.push(at);
        if points.len() > MOST_POINTS {
            return None;
        }
        match scanner.command() {
            Some('z' | 'Z') => return scanner.at_end().then_some(points),
            // A second outline could cut a hole into the first.
            Some('m' | 'M') => return None,
            Some(next) => command = next,
            // Coordinates after a "move to" are "line to".
            None if scanner.at_end() => return Some(points),
            None if command == 'm' => command = 'l',
            None if command == 'M' => command = 'L',
            None => {}
        }
    }
}

struct Scanner<'a> {
    rest: &'a str,
}

impl Scanner<'_> {
    fn skip_separators(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n', ',']);
    }

    fn at_end(&mut self) -> bool {
        self.skip_separators();
        self.rest.is_empty()
    }

    fn command(&mut self) -> Option<char> {
        self.skip_separators();
        let command = self.rest.chars().next().filter(char::is_ascii_alphabetic)?;
        self.rest = &self.rest[1..];
        Some(command)
    }

    fn number(&mut self) -> Option<f64> {
        self.skip_separators();
        let bytes = self.rest.as_bytes();
        let mut end = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
        let mut point_seen = false;
        while let Some(byte) = bytes.get(end) {
            match byte {
                b'0'..=b'9' => {}
                b'.' if !point_seen => point_seen = true,
                _ => break,
            }
            end += 1;
        }
        let value = number(&self.rest[..end])?;
        self.rest = &self.rest[end..];
        Some(value)
    }
}
