//! A table of logos that break and keep each rule, and what hostile files cost.

use std::io::Write as _;

use proptest::prelude::*;

use super::*;
use crate::Place;

/// A logo that breaks no rule; the tables change one thing in it.
const GOOD: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    r#"<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" "#,
    r#"width="128" height="128" viewBox="0 0 128 128">"#,
    "<title>Example</title>",
    r##"<rect width="128" height="128" fill="#104060"/>"##,
    r##"<circle cx="64" cy="64" r="30" fill="#fff"/>"##,
    "</svg>"
);

fn rules(file: &[u8]) -> Vec<String> {
    let (logo, findings) = Svg::parse(file);
    assert_eq!(
        logo.is_some_and(|logo| logo.is_usable()),
        is_sound(&findings),
        "a logo is usable when no finding is an error: {findings:?}"
    );
    for finding in &findings {
        if let Place::Span(span) = &finding.place {
            assert!(span.start <= span.end, "{finding:?}");
        }
    }
    let mut rules: Vec<String> = findings
        .into_iter()
        .map(|finding| finding.rule.into_owned())
        .collect();
    rules.dedup();
    rules
}

/// Changes `from` to `to` in the good logo, and expects exactly these rules to be broken.
#[track_caller]
fn check(from: &str, to: &str, expect: &[&str]) {
    assert!(GOOD.contains(from), "the good logo has no {from}");
    let changed = GOOD.replacen(from, to, 1);
    assert_eq!(rules(changed.as_bytes()), expect, "{changed}");
}

/// Puts `content` at the end of the good logo.
#[track_caller]
fn check_content(content: &str, expect: &[&str]) {
    check("</svg>", &format!("{content}</svg>"), expect);
}

/// Puts `attribute` on the circle of the good logo.
#[track_caller]
fn check_attribute(attribute: &str, expect: &[&str]) {
    check("<circle ", &format!("<circle {attribute} "), expect);
}

/// Puts `attribute` on the root of the good logo.
#[track_caller]
fn check_root(attribute: &str, expect: &[&str]) {
    check("<svg ", &format!("<svg {attribute} "), expect);
}

#[test]
fn the_good_logo_breaks_no_rule() {
    let (logo, findings) = Svg::parse(GOOD.as_bytes());
    assert_eq!(findings, []);
    let logo = logo.expect("there are no findings");
    assert_eq!(logo.title(), "Example");
    assert!(logo.view_box().is_square());
    assert_eq!(logo.to_string(), GOOD);
}

#[test]
fn svg_01_well_formed_utf8_with_one_root() {
    check("</svg>", "", &["SVG-01"]);
    check("</svg>", "</svg><svg/>", &["SVG-01"]);
    check("</svg>", "</svg>after", &["SVG-01"]);
    check("</svg>", "</g>", &["SVG-01"]);
    check(" width=\"128\"", " width=128", &["SVG-01"]);
    check(
        " width=\"128\"",
        " width=\"128\" width=\"128\"",
        &["SVG-01"],
    );
    check(" height=\"128\"", "height=\"128\"", &["SVG-01"]);
    check("UTF-8", "ISO-8859-1", &["SVG-01"]);
    check("<title>", " <?xml version=\"1.0\"?><title>", &["SVG-01"]);
    check("Example", "a ]]> b", &["SVG-01"]);
    check("Example", "\u{1}", &["SVG-01"]);
    check("Example", "&#1;", &["SVG-01"]);
    check("Example", "&unknown;", &["SVG-01"]);
    check("Example", "a & b", &["SVG-01"]);
    check("#fff", "&unknown;", &["SVG-01"]);
    check("#fff", "<", &["SVG-01"]);
    check("Example", "a<!-- -- -->b", &["SVG-01"]);
    check(
        "http://www.w3.org/2000/svg",
        "http://example.com/",
        &["SVG-01", "SVG-08"],
    );
    check_root("a:b=\"c\"", &["SVG-01"]);
    check_content("<a:b/>", &["SVG-01"]);
    assert_eq!(rules(b""), ["SVG-01"]);
    assert_eq!(rules(b"no markup"), ["SVG-01"]);
    assert_eq!(rules(&[GOOD.as_bytes(), &[0xff]].concat()), ["SVG-01"]);

    check("Example", "Example &amp; Sons &#xe9;", &[]);
    check("Example", "<![CDATA[Example]]>", &[]);
    check("<?xml", "\u{feff}<?xml", &[]);
    check("<title>", "<!-- made by hand --><title>", &[]);
    let prefixed = GOOD
        .replace("xmlns=", "xmlns:s=")
        .replace("</", "</s:")
        .replace("<svg", "<s:svg")
        .replace("<title", "<s:title")
        .replace("<rect", "<s:rect")
        .replace("<circle", "<s:circle");
    assert_eq!(rules(prefixed.as_bytes()), [""; 0]);
}

#[test]
fn svg_02_and_03_version_and_profile() {
    check("version=\"1.2\" ", "", &["SVG-02"]);
    check("version=\"1.2\"", "version=\"1.1\"", &["SVG-02"]);
    check("baseProfile=\"tiny-ps\" ", "", &["SVG-03"]);
    check("tiny-ps", "Tiny-PS", &["SVG-03"]);
    check("tiny-ps", "tiny", &["SVG-03"]);
}

#[test]
fn svg_04_one_title_first_and_not_empty() {
    check("<title>Example</title>", "", &["SVG-04"]);
    check("<title>Example</title>", "<title/>", &["SVG-04"]);
    check("<title>Example</title>", "<title> \n </title>", &["SVG-04"]);
    check(
        "<title>Example</title>",
        "<desc>d</desc><title>Example</title>",
        &["SVG-04"],
    );
    check_content("<title>Again</title>", &["SVG-04"]);
    check_content("<g><title>Inside</title></g>", &["SVG-04"]);
}

#[test]
fn svg_05_a_title_a_person_wrote() {
    check("Example", &"long ".repeat(14), &["SVG-05"]);
    check("Example", "Untitled", &["SVG-05"]);
    check("Example", "bimi-svg-tiny-12-ps", &["SVG-05"]);
    check("Example", &"x".repeat(64), &[]);
    check("Example", "SVG Makers", &[]);
}

#[test]
fn svg_06_a_description_says_something() {
    check_content("<desc></desc>", &["SVG-06"]);
    check_content("<desc>  </desc>", &["SVG-06"]);
    check_content("<desc>A white disc on blue</desc>", &[]);
}

#[test]
fn svg_07_attributes_the_root_may_not_have() {
    check_root("x=\"0\"", &["SVG-07"]);
    check_root("y=\"0\"", &["SVG-07"]);
    check_root("overflow=\"visible\"", &["SVG-07"]);
    check_root("style=\"fill:red\"", &["SVG-07"]);
    check_root("fill=\"#fff\"", &[]);
}

#[test]
fn svg_08_elements_of_the_profile() {
    check_content("<symbol/>", &["SVG-08"]);
    check_content("<text><tspan>a</tspan></text>", &["SVG-24", "SVG-08"]);
    check_content("<stop offset=\"0\"/>", &["SVG-08"]);
    check_content("<Rect/>", &["SVG-08"]);
    check_content("<g>words</g>", &["SVG-08"]);
    check_content(
        "<metadata><x xmlns=\"http://example.com/x\"/></metadata>",
        &["SVG-27", "SVG-08"],
    );
    check_content("<metadata>words</metadata>", &[]);
    check_content("<g><path d=\"M1 1L2 2\"/></g>", &[]);
    check_content(
        "<defs><linearGradient id=\"a\"><stop offset=\"0\" stop-color=\"red\"/></linearGradient></defs>",
        &[],
    );
}

#[test]
fn svg_09_nothing_active() {
    for element in [
        "script",
        "animate",
        "animateMotion",
        "animateTransform",
        "animateColor",
        "set",
        "discard",
        "image",
        "switch",
        "a",
        "foreignObject",
        "audio",
        "video",
        "filter",
        "mask",
        "clipPath",
        "pattern",
        "style",
        "iframe",
        "SCRIPT",
    ] {
        check_content(&format!("<{element}/>"), &["SVG-09"]);
    }
    check_content(
        "<x:script xmlns:x=\"http://www.w3.org/1999/xhtml\"/>",
        &["SVG-27", "SVG-09"],
    );
}

#[test]
fn svg_10_and_11_no_events_and_no_inline_style() {
    check_attribute("onclick=\"f()\"", &["SVG-10"]);
    check_root("onload=\"f()\"", &["SVG-10"]);
    check_attribute("style=\"fill:red\"", &["SVG-11"]);
    check_attribute("class=\"disc\"", &[]);
}

#[test]
fn svg_12_and_13_attributes_with_one_value() {
    for (name, good, bad) in [
        ("zoomAndPan", "disable", "magnify"),
        ("externalResourcesRequired", "false", "true"),
        ("focusable", "false", "auto"),
        ("snapshotTime", "none", "1s"),
        ("playbackOrder", "all", "forwardOnly"),
        ("timelineBegin", "onLoad", "onStart"),
    ] {
        check_root(&format!("{name}=\"{bad}\""), &["SVG-12"]);
        check_root(&format!("{name}=\"{good}\""), &["SVG-13"]);
    }
    check_content("<text editable=\"simple\">a</text>", &["SVG-12", "SVG-24"]);
    check_content("<text editable=\"none\">a</text>", &["SVG-13", "SVG-24"]);
}

#[test]
fn svg_14_no_reference_out_of_the_file() {
    check(
        "#fff",
        "url(https://example.com/a.svg#b)",
        &["SVG-14", "SVG-23"],
    );
    check("#fff", "url('a.svg#b')", &["SVG-14", "SVG-23"]);
    check("#fff", "URL( //example.com )", &["SVG-14", "SVG-23"]);
    check(
        "#fff",
        "&#x75;rl(https://example.com)",
        &["SVG-14", "SVG-23"],
    );
    check("#fff", r"u\72l(https://example.com)", &["SVG-14"]);
    check("#fff", "url(#a) url(b)", &["SVG-14", "SVG-23"]);
    check_attribute("stroke=\"url(javascript:f)\"", &["SVG-14"]);
    check_attribute("xml:base=\"https://example.com/\"", &["SVG-14"]);
    check_content("<use href=\"a.svg#b\"/>", &["SVG-14", "SVG-16"]);
    check_content("<use href=\"javascript:f()\"/>", &["SVG-14", "SVG-16"]);
    check("#fff", "url(#a)", &["SVG-23"]);
    check("#fff", "url( '#a' )", &["SVG-23"]);
    check_attribute("font-family=\"A\\ B\"", &[]);
}

#[test]
fn svg_15_no_embedded_data() {
    check(
        "#fff",
        "url(data:image/png;base64,AAAA)",
        &["SVG-15", "SVG-23"],
    );
    check_content(
        "<use href=\"data:image/svg+xml;base64,AAAA#a\"/>",
        &["SVG-15", "SVG-16"],
    );
    check_attribute("content=\"data:image/png;base64,AAAA\"", &["SVG-15"]);
    check_attribute("content=\"data: of the brand\"", &[]);
}

#[test]
fn svg_16_no_use() {
    let with_xlink = "xmlns:xlink=\"http://www.w3.org/1999/xlink\"";
    check_content(
        &format!("<use {with_xlink} xlink:href=\"#a\"/>"),
        &["SVG-16"],
    );
    check_content("<use href=\"#a\"/>", &["SVG-16"]);
    check_root(with_xlink, &[]);
}

#[test]
fn svg_17_no_declarations() {
    check("<svg ", "<!DOCTYPE svg><svg ", &["SVG-17"]);
    check(
        "<svg ",
        "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg ",
        &["SVG-17"],
    );
    check(
        "<svg ",
        "<!DOCTYPE svg SYSTEM \"file:///etc/passwd\"><svg ",
        &["SVG-17"],
    );
    check(
        "<svg ",
        "<?xml-stylesheet href=\"a.css\"?><svg ",
        &["SVG-17"],
    );
    check("<svg ", "<?editor version=\"1\"?><svg ", &[]);
}

#[test]
fn svg_18_size() {
    let padded = |size: usize| format!("{GOOD}{}", "\n".repeat(size - GOOD.len()));
    assert_eq!(rules(padded(SIZE_LIMIT).as_bytes()), [""; 0]);
    assert_eq!(rules(padded(SIZE_LIMIT + 1).as_bytes()), ["SVG-18"]);
    assert_eq!(rules(padded(READ_LIMIT + 1).as_bytes()), ["SVG-18"]);
}

#[test]
fn svg_19_20_21_canvas() {
    check(" viewBox=\"0 0 128 128\"", "", &["SVG-19", "SVG-22"]);
    for bad in [
        "0,0,128,128",
        "0 0 128",
        "0 0 128 128 1",
        "0 0 0 128",
        "0 0 -1 128",
        "0 0 a 128",
        "0 0 1e999 1",
        "",
    ] {
        check("0 0 128 128", bad, &["SVG-19", "SVG-22"]);
    }
    check("0 0 128 128", " 0  0\n128 128 ", &[]);
    check("0 0 128 128", "0 0 128 64", &["SVG-20"]);
    check(" width=\"128\"", "", &["SVG-21"]);
    check(" width=\"128\"", " width=\"100%\"", &["SVG-21"]);
    check(" width=\"128\"", " width=\"10em\"", &["SVG-21"]);
    check(" width=\"128\"", " width=\"64\"", &["SVG-21"]);
    check(" width=\"128\"", " width=\"256\"", &["SVG-21"]);
    check(" width=\"128\"", " width=\"96pt\"", &[]);
    check(" width=\"128\"", " width=\"128px\"", &[]);
}

#[test]
fn svg_22_an_opaque_background() {
    let background = r##"<rect width="128" height="128" fill="#104060"/>"##;
    for bare in [
        "",
        r##"<rect width="127" height="128" fill="#104060"/>"##,
        r##"<rect width="128" height="128" rx="20" fill="#104060"/>"##,
        r##"<rect width="128" height="128" fill="#104060" fill-opacity="0.5"/>"##,
        r##"<rect width="128" height="128" fill="none" stroke="#104060"/>"##,
        r##"<circle cx="64" cy="64" r="64" fill="#104060"/>"##,
        r##"<path d="M0 0H128V128Z" fill="#104060"/>"##,
        r##"<defs><rect width="128" height="128" fill="#104060"/></defs>"##,
    ] {
        let changed = GOOD.replacen(background, bare, 1);
        assert!(
            rules(changed.as_bytes()).contains(&"SVG-22".to_owned()),
            "{bare}"
        );
    }
    for whole in [
        r##"<rect x="-1" y="-1" width="130" height="130" fill="#104060"/>"##,
        r##"<rect width="100%" height="100%" fill="#104060"/>"##,
        r##"<g fill="#104060"><rect width="128" height="128"/></g>"##,
        r##"<path d="M0 0h128v128H0z" fill="#104060"/>"##,
        r##"<path d="M0,0 128,0 128,128 0,128 0,0" fill="#104060"/>"##,
        r##"<polygon points="0,0 128,0 128,128 0,128" fill="#104060"/>"##,
        r##"<circle cx="64" cy="64" r="91" fill="#104060"/>"##,
        r##"<ellipse cx="64" cy="64" rx="91" ry="91" fill="#104060"/>"##,
        r##"<rect transform="scale(128)" width="1" height="1" fill="#104060"/>"##,
    ] {
        check(background, whole, &[]);
    }
}

#[test]
fn svg_23_two_colours() {
    check("#fff", "#104060", &["SVG-23"]);
    check("#fff", "rgb(16, 64, 96)", &["SVG-23"]);
    check("#fff", "none", &["SVG-23"]);
    check("#fff", "rgb(100%, 0%, 0%)", &[]);
    check_content("<circle r=\"5\" stroke=\"tan\"/>", &[]);
    let spellings = GOOD.replace("#104060", "WHITE").replace("#fff", "#ffffff");
    assert_eq!(rules(spellings.as_bytes()), ["SVG-23"]);
}

#[test]
fn svg_24_paths_instead_of_text() {
    check_content("<text x=\"1\">a</text>", &["SVG-24"]);
    check_content("<textArea>a</textArea>", &["SVG-24"]);
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).expect("a vector takes all");
    encoder.finish().expect("a vector takes all")
}

#[test]
fn svg_25_gzip() {
    let packed = gzip(GOOD.as_bytes());
    let (logo, findings) = Svg::parse(&packed);
    assert_eq!(findings, []);
    assert_eq!(logo.expect("valid").as_bytes(), GOOD.as_bytes());

    assert_eq!(rules(&packed[..packed.len() - 9]), ["SVG-25", "SVG-01"]);
    assert_eq!(
        rules(&[packed.as_slice(), b"more"].concat()),
        ["SVG-25", "SVG-01"]
    );
    let bomb = gzip(&vec![b' '; 4 << 20]);
    assert!(bomb.len() < SIZE_LIMIT);
    assert_eq!(rules(&bomb), ["SVG-25", "SVG-18"]);

    let rule = |path, file| check_name(path, file).map(|finding| finding.rule.into_owned());
    assert_eq!(rule("/logo.svgz", packed.as_slice()), None);
    assert_eq!(rule("/logo.svg", GOOD.as_bytes()), None);
    assert_eq!(
        rule("/logo.SVGZ", GOOD.as_bytes()).as_deref(),
        Some("SVG-25")
    );
    assert_eq!(
        rule("/logo.svg", packed.as_slice()).as_deref(),
        Some("SVG-25")
    );
}

#[test]
fn svg_26_aspect_ratio() {
    for good in ["none", "xMidYMid", "xMidYMid meet", " xMidYMid  meet "] {
        check_root(&format!("preserveAspectRatio=\"{good}\""), &[]);
    }
    for bad in ["xMidYMid slice", "xMinYMin", "defer none", ""] {
        check_root(&format!("preserveAspectRatio=\"{bad}\""), &["SVG-26"]);
    }
}

#[test]
fn svg_27_nothing_from_editors() {
    check_attribute("data-name=\"a\"", &["SVG-27"]);
    check_attribute("opacity=\"1\"", &["SVG-27"]);
    check_attribute("fill-rule=\"odd\"", &["SVG-27"]);
    check_attribute("id=\"1st\"", &["SVG-27"]);
    check_attribute("id=\"a:b\"", &["SVG-27"]);
    check_attribute("id=\"_1.b-c\"", &[]);
    check_root(
        "xmlns:inkscape=\"http://www.inkscape.org/namespaces/inkscape\" inkscape:version=\"1\"",
        &["SVG-27"],
    );
    check_attribute("fill-rule=\"evenodd\"", &[]);
    check_attribute("xml:space=\"preserve\"", &[]);
}

#[test]
fn findings_point_at_what_they_mean() {
    let changed = GOOD.replacen("#fff", "url(//x)", 1);
    let (_, findings) = Svg::parse(changed.as_bytes());
    let Place::Span(span) = &findings[0].place else {
        panic!("there is a span")
    };
    assert_eq!(&changed[span.clone()], "fill=\"url(//x)\"");

    let marked = format!("\u{feff}{}", GOOD.replacen("tiny-ps", "tiny", 1));
    let (_, findings) = Svg::parse(marked.as_bytes());
    let Place::Span(span) = &findings[0].place else {
        panic!("there is a span")
    };
    assert_eq!(&marked[span.clone()], "baseProfile=\"tiny\"");
}

#[test]
fn hostile_files_are_given_up_early() {
    let open = "<svg xmlns=\"http://www.w3.org/2000/svg\">";
    let deep = format!("{open}{}", "<g>".repeat(50_000));
    let many: Vec<String> = (0..20_000).map(|n| format!("a{n}=\"\"")).collect();
    let wide = format!("{open}<g {}/>", many.join(" "));
    let names: Vec<String> = (0..9_000).map(|n| format!("xmlns:n{n}=\"u\"")).collect();
    let bound = format!("{open}<g {}/>", names.join(" "));
    let noisy = format!("{open}{}</svg>", "<x/>".repeat(60_000));
    for file in [deep, wide, bound, noisy] {
        let (logo, findings) = Svg::parse(file.as_bytes());
        assert!(logo.is_none());
        assert!(findings.len() <= 210, "{} findings", findings.len());
    }
    let many: String = "<rect focusable=\"false\"/>".repeat(150);
    let hidden = GOOD.replacen("</svg>", &format!("{many}<script/></svg>"), 1);
    let found = rules(hidden.as_bytes());
    assert_eq!(
        found,
        ["SVG-13", "SVG-09"],
        "no number of warnings hides an error"
    );
    let laughs = r#"<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg"><title>&b;</title></svg>"#;
    assert!(rules(laughs.as_bytes()).contains(&"SVG-17".to_owned()));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(file in proptest::collection::vec(any::<u8>(), 0..400)) {
        rules(&file);
        rules(&gzip(&file));
    }

    #[test]
    fn any_markup_is_read_without_a_panic(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("<svg"), Just("<g"), Just("/>"), Just(">"), Just("</g>"), Just("</svg>"),
                Just(" xmlns=\"http://www.w3.org/2000/svg\""), Just(" d=\"M0 0h1v1z\""),
                Just("<path"), Just("<title>"), Just("</title>"), Just("&#x41;"), Just("&a;"),
                Just("<!--"), Just("-->"), Just("<![CDATA["), Just("]]>"), Just(" viewBox=\"0 0 1 1\""),
                Just("\u{feff}"), Just("é"), Just("<?xml "), Just("?>"), Just(" x:y='"), Just("'"),
            ],
            0..40,
        )
    ) {
        rules(parts.concat().as_bytes());
    }

    #[test]
    fn any_change_of_one_byte_is_read_without_a_panic(at in 0..GOOD.len(), byte in any::<u8>()) {
        let mut file = GOOD.as_bytes().to_vec();
        file[at] = byte;
        rules(&file);
    }

    #[test]
    fn any_path_is_read_without_a_panic(path in "[MmLlHhVvZzCc0-9 ,.eE+-]{0,40}") {
        rules(GOOD.replacen("<rect ", &format!("<path d=\"{path}\"/><rect "), 1).as_bytes());
    }
}
