//! Logos on each side of each limit.

use resvg::tiny_skia::{Pixmap, PremultipliedColorU8};
use standards::bimi::Svg;
use standards::bimi::svg::check_drawn;

use crate::{Renderer, Shape, inbox_views};

const BACKGROUND: &str = r##"<rect width="128" height="128" fill="#104060"/>"##;

/// A logo with this content in a picture of 128 by 128.
fn logo(content: &str) -> Svg {
    let file = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.2" baseProfile="tiny-ps" viewBox="0 0 128 128"><title>Example</title>{content}</svg>"#
    );
    let (logo, findings) = Svg::parse(file.as_bytes());
    logo.unwrap_or_else(|| panic!("{findings:?}"))
}

#[track_caller]
fn check(content: &str, expect: &[&str]) {
    let logo = logo(content);
    assert!(logo.is_usable(), "{content}");
    let rules: Vec<_> = check_drawn(&logo, &Renderer)
        .into_iter()
        .map(|finding| finding.rule)
        .collect();
    assert_eq!(rules, expect, "{content}");
}

fn on_background(content: &str) -> String {
    format!("{BACKGROUND}{content}")
}

#[test]
fn a_mark_that_nobody_sees_is_found() {
    check(
        &on_background(r##"<circle cx="64" cy="64" r="40" fill="#fff"/>"##),
        &[],
    );
    // Covered, beside the picture, and transparent.
    check(
        &format!(r##"<circle cx="64" cy="64" r="40" fill="#fff"/>{BACKGROUND}"##),
        &["SVG-29"],
    );
    check(
        &on_background(r##"<circle cx="364" cy="64" r="40" fill="#fff"/>"##),
        &["SVG-29"],
    );
    check(
        &on_background(r##"<circle cx="64" cy="64" r="40" fill="#fff" fill-opacity="0"/>"##),
        &["SVG-29"],
    );
}

#[test]
fn a_mark_that_the_circle_cuts_is_found() {
    // From side to side a circle fits exactly.
    check(
        &on_background(r##"<circle cx="64" cy="64" r="64" fill="#fff"/>"##),
        &[],
    );
    check(
        &on_background(r##"<rect x="19" y="19" width="90" height="90" fill="#fff"/>"##),
        &[],
    );
    check(
        &on_background(r##"<rect x="12" y="12" width="104" height="104" fill="#fff"/>"##),
        &["SVG-30"],
    );
}

#[test]
fn a_background_in_a_gradient_is_no_mark() {
    let gradient = concat!(
        r##"<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1">"##,
        r##"<stop offset="0" stop-color="#104060"/><stop offset="1" stop-color="#ffffff"/>"##,
        r##"</linearGradient></defs><rect width="128" height="128" fill="url(#g)"/>"##,
        r##"<circle cx="64" cy="64" r="30" fill="#ff0000"/>"##,
    );
    check(gradient, &[]);
}

/// Ten levels of ten copies are ten thousand million shapes.
#[test]
fn copies_of_copies_are_not_drawn() {
    let mut bomb = String::from(r##"<defs><rect id="a0" width="128" height="128" fill="#fff"/>"##);
    for level in 1..=6 {
        let below = level - 1;
        let copies = format!(r##"<use xlink:href="#a{below}"/>"##).repeat(10);
        bomb.extend([r#"<g id="a"#, &level.to_string(), r#"">"#, &copies, "</g>"]);
    }
    check(
        &on_background(&format!(r##"{bomb}</defs><use xlink:href="#a6"/>"##)),
        &["SVG-28"],
    );
    let few = bomb.split(r#"<g id="a3">"#).next().unwrap_or_default();
    let logo = on_background(&format!(
        r##"{few}</defs><g transform="translate(32 32) scale(.5)"><use xlink:href="#a2"/></g>"##
    ));
    check(&logo, &[]);
}

#[test]
fn dashes_without_number_are_not_drawn() {
    let dashed = |dash: &str| {
        on_background(&format!(
            r##"<path d="M40 64L88 64" stroke="#fff" stroke-width="20" stroke-dasharray="{dash}"/>"##
        ))
    };
    check(&dashed("2"), &[]);
    check(&dashed("0.0001"), &["SVG-28"]);
}

#[test]
fn a_logo_that_may_hold_a_script_is_not_drawn() {
    let logo = logo("<script>alert(1)</script>");
    assert!(!logo.is_usable());
    assert!(inbox_views(&logo).is_err());
    assert_eq!(check_drawn(&logo, &Renderer), []);
}

#[test]
fn shipped_logos_are_good() {
    let file = include_bytes!("../../../assets/logo.svg");
    let logo = Svg::parse(file).0.expect("a logo");
    assert_eq!(check_drawn(&logo, &Renderer), []);
}

#[test]
fn inboxes_cut_a_logo_to_a_circle() {
    let views = inbox_views(&logo(BACKGROUND)).expect("pictures");
    assert_eq!(views.len(), 6);
    for view in views {
        let picture = Pixmap::decode_png(&view.png).expect("a PNG");
        assert_eq!(picture.width(), u32::from(view.side));
        let middle = u32::from(view.side / 2);
        let color = |x, y| picture.pixel(x, y).map(PremultipliedColorU8::blue);
        assert_eq!(color(middle, middle), Some(0x60));
        let is_cut = color(0, 0) != Some(0x60);
        assert_eq!(is_cut, view.shape == Shape::Round, "{view:?}");
    }
}
