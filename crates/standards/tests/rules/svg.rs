//! Logos: one change each to a logo that breaks no rule.

use std::io::Write as _;

use standards::Finding;
use standards::bimi::svg::{Draw, Drawing, SIZE_LIMIT, Svg, Undrawn, check_drawn, check_name};

use crate::cases;

const GOOD: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    r#"<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" "#,
    r#"width="128" height="128" viewBox="0 0 128 128">"#,
    "<title>Example</title>",
    r##"<rect width="128" height="128" fill="#104060"/>"##,
    r##"<circle cx="64" cy="64" r="30" fill="#fff"/>"##,
    "</svg>"
);

fn logo(file: &[u8]) -> Vec<Finding> {
    Svg::parse(file).1
}

fn good() -> Vec<Finding> {
    logo(GOOD.as_bytes())
}

/// The good logo with `to` in the place of `from`.
fn with(from: &str, to: &str) -> Vec<Finding> {
    assert!(GOOD.contains(from), "the good logo has no {from}");
    logo(GOOD.replacen(from, to, 1).as_bytes())
}

/// The good logo with `content` at its end.
fn content(content: &str) -> Vec<Finding> {
    with("</svg>", &format!("{content}</svg>"))
}

/// The good logo with `attribute` on its root.
fn root(attribute: &str) -> Vec<Finding> {
    with("<svg ", &format!("<svg {attribute} "))
}

/// The good logo with `attribute` on its circle.
fn circle(attribute: &str) -> Vec<Finding> {
    with("<circle ", &format!("<circle {attribute} "))
}

/// A drawing that is white where this says so, of coordinates from 0 to 100. The crate `render` has
/// tests with real drawings.
struct Pixels(fn(u16, u16) -> bool);

impl Draw for Pixels {
    fn draw(&self, _: &Svg, side: u16) -> Result<Drawing, Undrawn> {
        let color = |is_mark: bool| if is_mark { [255; 4] } else { [0, 0, 0, 255] };
        let pixels = (0..side)
            .flat_map(|y| (0..side).map(move |x| (x * 100 / side, y * 100 / side)))
            .map(|(x, y)| color(self.0(x, y)));
        Drawing::new(side, pixels.collect()).ok_or_else(|| Undrawn("no square".to_owned()))
    }
}

struct TooMuch;

impl Draw for TooMuch {
    fn draw(&self, _: &Svg, _: u16) -> Result<Drawing, Undrawn> {
        Err(Undrawn("it draws 20000 shapes, more than 10000".to_owned()))
    }
}

/// The good logo, as this draws it.
fn drawn(draw: &dyn Draw) -> Vec<Finding> {
    check_drawn(&Svg::parse(GOOD.as_bytes()).0.expect("a logo"), draw)
}

fn drawn_as(from: fn(u16, u16) -> bool) -> Vec<Finding> {
    drawn(&Pixels(from))
}

fn padded(octets: usize) -> Vec<Finding> {
    logo(format!("{GOOD}{}", "\n".repeat(octets - GOOD.len())).as_bytes())
}

fn gzip(file: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(file).expect("a vector takes all");
    encoder.finish().expect("a vector takes all")
}

const BACKGROUND: &str = r##"<rect width="128" height="128" fill="#104060"/>"##;

cases! {
    "SVG-01": fails(with("</svg>", "")), passes(good());
    "SVG-02": fails(with("version=\"1.2\"", "version=\"1.1\"")), passes(good());
    "SVG-03": fails(with("tiny-ps", "Tiny-PS")), passes(good());
    "SVG-04": fails(with("<title>Example</title>", "")), passes(good());
    "SVG-05": fails(with("Example", &"x".repeat(65))), passes(with("Example", &"x".repeat(64)));
    "SVG-06": fails(content("<desc> </desc>")), passes(content("<desc>A disc</desc>"));
    "SVG-07": fails(root("overflow=\"visible\"")), passes(root("fill=\"#fff\""));
    "SVG-08": fails(content("<symbol/>")), passes(content("<g><path d=\"M1 1L2 2\"/></g>"));
    "SVG-09": fails(content("<script/>")), passes(content("<g/>"));
    "SVG-10": fails(circle("onclick=\"f()\"")), passes(circle("class=\"disc\""));
    "SVG-11": fails(circle("style=\"fill:red\"")), passes(circle("stroke=\"red\""));
    "SVG-12": fails(root("zoomAndPan=\"magnify\"")), passes(root("zoomAndPan=\"disable\""));
    "SVG-13": fails(root("zoomAndPan=\"disable\"")), passes(good());
    "SVG-14": fails(circle("stroke=\"url(https://example.com/a.svg#b)\"")), passes(circle("stroke=\"url(#b)\""));
    "SVG-15": fails(circle("content=\"data:image/png;base64,AAAA\"")), passes(circle("content=\"data: of the brand\""));
    "SVG-16": fails(content("<use href=\"#a\"/>")), passes(content("<circle id=\"a\" r=\"1\"/>"));
    "SVG-17": fails(with("<svg ", "<!DOCTYPE svg><svg ")), passes(with("<svg ", "<?editor version=\"1\"?><svg "));
    "SVG-18": fails(padded(SIZE_LIMIT + 1)), passes(padded(SIZE_LIMIT));
    "SVG-19": fails(with("0 0 128 128", "0,0,128,128")), passes(good());
    "SVG-20": fails(with("0 0 128 128", "0 0 128 64")), passes(good());
    "SVG-21": fails(with(" width=\"128\"", " width=\"100%\"")), passes(with(" width=\"128\"", " width=\"128px\""));
    "SVG-22": fails(with(BACKGROUND, "")), passes(good());
    "SVG-23": fails(with("#fff", "#104060")), passes(good());
    "SVG-24": fails(content("<text x=\"1\">a</text>")), passes(content("<path d=\"M1 1L2 2\"/>"));
    "SVG-25": fails(check_name("/logo.svg", &gzip(GOOD.as_bytes()))),
        passes([check_name("/logo.svgz", &gzip(GOOD.as_bytes())).into_iter().collect(), logo(&gzip(GOOD.as_bytes()))].concat());
    "SVG-26": fails(root("preserveAspectRatio=\"xMidYMid slice\"")), passes(root("preserveAspectRatio=\"xMidYMid meet\""));
    "SVG-27": fails(circle("data-name=\"a\"")), passes(circle("id=\"a\""));
    "SVG-28": fails(drawn(&TooMuch)), passes([good(), drawn_as(|x, _| x == 50)].concat());
    "SVG-29": fails(drawn_as(|_, _| false)), passes([good(), drawn_as(|x, y| x == 50 && y == 50)].concat());
    "SVG-30": fails(drawn_as(|x, y| x.min(99 - x).min(y).min(99 - y) > 10)),
        passes([good(), drawn_as(|x, y| x.min(99 - x).min(y).min(99 - y) > 15)].concat());
}
