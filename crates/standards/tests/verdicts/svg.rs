//! Logos.

use standards::bimi::Svg;

use super::summary;

/// The kind of each row of the table below.
pub(crate) const KINDS: &[u8] = &[10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10];

/// A logo with `attribute` on its circle and `inside` before it.
fn logo(attribute: &str, inside: &str) -> String {
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" width="128" height="128" viewBox="0 0 128 128"><title>Brand</title><rect width="128" height="128" fill="#104060"/>{inside}<circle cx="64" cy="64" r="30" fill="#fff"{attribute}/></svg>"##
    )
}

#[test]
fn what_the_schema_does_not_have_is_an_error() {
    for (attribute, inside, expect) in [
        (
            " opacity=\"0.5\"",
            "",
            &["SVG-27 error \"opacity=\\\"0.5\\\"\""][..],
        ),
        (
            " mask=\"none\"",
            "",
            &["SVG-27 error \"mask=\\\"none\\\"\""],
        ),
        (
            " clip-path=\"none\"",
            "",
            &["SVG-27 error \"clip-path=\\\"none\\\"\""],
        ),
        (
            " filter=\"none\"",
            "",
            &["SVG-27 error \"filter=\\\"none\\\"\""],
        ),
        (
            " display=\"inline\"",
            "",
            &["SVG-27 error \"display=\\\"inline\\\"\""],
        ),
        (
            " visibility=\"visible\"",
            "",
            &["SVG-27 error \"visibility=\\\"visible\\\"\""],
        ),
        (
            " font-weight=\"700\"",
            "",
            &["SVG-27 error \"font-weight=\\\"700\\\"\""],
        ),
        (
            " data-name=\"x\"",
            "",
            &["SVG-27 error \"data-name=\\\"x\\\"\""],
        ),
        (" id=\"1a\"", "", &["SVG-27 error \"id=\\\"1a\\\"\""]),
        ("", "<defs><font/></defs>", &["SVG-08 error \"<font/>\""]),
        // The reference stays in the file, whatever the id is called.
        (
            "",
            "<defs><linearGradient id=\"1a\"><stop offset=\"0\" stop-color=\"#000\"/></linearGradient></defs><rect width=\"9\" height=\"9\" fill=\"url(#1a)\"/>",
            &["SVG-27 error \"id=\\\"1a\\\"\""],
        ),
        (" font-weight=\"bold\"", "", &[]),
    ] {
        let text = logo(attribute, inside);
        let (value, findings) = Svg::parse(text.as_bytes());
        assert_eq!(summary(&text, &findings), expect, "{text}");
        assert_eq!(value.expect("a value").is_usable(), expect.is_empty());
    }
}

/// Editors write colours into `style` and style sheets. Neither may stand in a logo, and a logo that has
/// them is not of one colour for it.
#[test]
fn colours_that_stand_in_styles() {
    let drawn = |inside: &str| {
        let text = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" width="128" height="128" viewBox="0 0 128 128"><title>Brand</title>{inside}</svg>"#
        );
        let (_, findings) = Svg::parse(text.as_bytes());
        let rules = findings.iter().map(|one| one.rule.to_string());
        rules.collect::<Vec<_>>()
    };
    let inkscape = r#"<rect style="fill:#224488;fill-opacity:1" width="128" height="128"/><path style="fill:#fff" d="M32 32h64v64z"/>"#;
    assert_eq!(drawn(inkscape), ["SVG-11", "SVG-11"]);
    let illustrator = r#"<defs><style>.a{fill:#fff}.b{fill:#0f4c81}</style></defs><rect class="b" width="128" height="128"/><path class="a" d="M32 32h64v64z"/>"#;
    assert_eq!(drawn(illustrator), ["SVG-09"]);
    let translucent = r#"<rect style="fill:#248; fill-opacity:.5" width="128" height="128"/><path style="fill:#248" d="M32 32h64v64z"/>"#;
    assert_eq!(drawn(translucent), ["SVG-11", "SVG-11", "SVG-22", "SVG-23"]);
}

/// A clip neither runs nor animates anything.
#[test]
fn the_reason_against_an_element_is_its_own() {
    for (inside, reason) in [
        ("<clipPath/>", "the profile has no <clipPath>"),
        ("<filter/>", "the profile has no <filter>"),
        ("<script/>", "<script> runs, animates, embeds or links"),
        ("<animate/>", "<animate> runs, animates, embeds or links"),
    ] {
        let text = logo("", inside);
        let (_, findings) = Svg::parse(text.as_bytes());
        assert_eq!(findings[0].rule, "SVG-09");
        assert_eq!(findings[0].reason, reason);
    }
}
