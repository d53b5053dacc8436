//! The pages of `deploy report` in Chromium, judged by axe-core.
#![expect(
    clippy::disallowed_methods,
    reason = "pages are files, and their copies too"
)]

use std::path::{Path, PathBuf};

use tests::place::Place;
use tests::tools::{browse, node_file, title};

/// The policy of the pages lets no script run, so the copy that is judged has none.
const POLICY: &str = "http-equiv=\"Content-Security-Policy\"";

/// The pages of the example, applied.
fn pages(place: &Place) -> Vec<PathBuf> {
    place.apply().exits(0);
    place.advance("5m");
    let site = place.path().join("site");
    let report = [
        "report",
        place.manifest(),
        "--sandbox",
        "--speed",
        "instant",
    ];
    let folder = site.display().to_string();
    place
        .deploy(&[&report[..], &["-o", &folder]].concat())
        .exits(0);
    vec![
        site.join("index.html"),
        site.join("domains/example.com.html"),
    ]
}

/// A copy of a page with axe in it, which writes what it finds into the page's title.
fn with_axe(page: &Path) -> PathBuf {
    let html = std::fs::read_to_string(page).expect("a page");
    assert!(html.contains(POLICY) && !html.contains("<script"));
    let axe = node_file("axe-core/axe.min.js");
    let judge = "axe.run().then(found => { document.title = JSON.stringify({ \
        violations: found.violations.map(one => one.id + ': ' + one.nodes.map(node => node.html).join(' ')), \
        passes: found.passes.length, \
        overflow: document.documentElement.scrollWidth - window.innerWidth }); });";
    let html = html.replace(POLICY, "name=\"policy\"");
    let html = html.replace(
        "</body>",
        &format!("<script>{axe}</script><script>{judge}</script></body>"),
    );
    let copy = page.with_extension("axe.html");
    std::fs::write(&copy, html).expect("a copy");
    copy
}

#[test]
fn axe_finds_nothing_in_narrow_and_wide_windows_in_light_and_dark() {
    let place = Place::of("example");
    for page in pages(&place) {
        let judged = with_axe(&page);
        for width in ["400", "1400"] {
            for scheme in ["0", "1"] {
                let window = format!("--window-size={width},1200");
                let colours = format!("--blink-settings=preferredColorScheme={scheme}");
                let document = browse(&judged, &["--dump-dom", &window, &colours]);
                let found = title(&document);
                let shown = format!("{} at {width}, scheme {scheme}: {found:#}", page.display());
                assert_eq!(found["violations"], serde_json::json!([]), "{shown}");
                assert!(found["passes"].as_u64() > Some(10), "{shown}");
                assert!(found["overflow"].as_i64() <= Some(0), "{shown}");
            }
        }
    }
}
