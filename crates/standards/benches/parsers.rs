//! How long each parser takes on inputs of 1 KiB to 1 MiB.
//!
//! The column to read is the throughput: where it stays the same from one size to the
//! next, time is linear in the input. The inputs are what a hostile record or file would
//! hold, not what people publish: every part of them is read, and most have findings.
//!
//! Run with `cargo bench -p standards`. `cargo xtask instructions` counts instructions in the place
//! of time, which no load on the machine changes.

use std::hint::black_box;

use divan::Bencher;
use divan::counter::BytesCount;
use standards::bimi::mark_certificate::MarkCertificate;
use standards::bimi::{Bimi, Svg};
use standards::dkim::DkimKey;
use standards::dmarc::Dmarc;
use standards::dns::{Caa, Name, Presentation, Txt};
use standards::mail_uri::ReportUri;
use standards::mta_sts::{MtaStsPolicy, MtaStsRecord};
use standards::spf::Spf;
use standards::tag_list::TagList;
use standards::tls_rpt::TlsRpt;

const SIZES: [usize; 4] = [1 << 10, 10 << 10, 100 << 10, 1 << 20];

fn main() {
    divan::main();
}

/// `start`, then parts made from their number until the text has `size` bytes.
fn text(size: usize, start: &str, part: impl Fn(usize) -> String) -> String {
    let mut text = start.to_owned();
    for number in 0.. {
        if text.len() >= size {
            break;
        }
        text.push_str(&part(number));
    }
    text
}

fn measure<T>(bencher: Bencher<'_, '_>, text: &str, parse: impl Fn(&str) -> T + Sync) {
    bencher
        .counter(BytesCount::of_str(text))
        .bench(|| measured(&parse, text));
}

/// The work that `cargo xtask instructions` counts, found by this name. The value is dropped outside.
#[inline(never)]
fn measured<T>(parse: &impl Fn(&str) -> T, text: &str) -> T {
    parse(black_box(text))
}

#[divan::bench(args = SIZES)]
fn tag_list_distinct(bencher: Bencher<'_, '_>, size: usize) {
    let text = text(size, "v=DMARC1", |number| format!(";t{number}=x"));
    measure(bencher, &text, |text| TagList::parse(text).tags.len());
}

#[divan::bench(args = SIZES)]
fn tag_list_duplicates(bencher: Bencher<'_, '_>, size: usize) {
    let text = text(size, "v=DMARC1", |_| ";p=x".to_owned());
    measure(bencher, &text, |text| TagList::parse(text).tags.len());
}

#[divan::bench(args = SIZES)]
fn dmarc_tags(bencher: Bencher<'_, '_>, size: usize) {
    let text = text(size, "v=DMARC1; p=none", |number| format!("; t{number}=x"));
    measure(bencher, &text, Dmarc::parse);
}

#[divan::bench(args = SIZES)]
fn dmarc_targets(bencher: Bencher<'_, '_>, size: usize) {
    let start = "v=DMARC1; p=none; rua=mailto:a@example.com";
    let text = text(size, start, |number| {
        format!(",mailto:a@x{number}.example!9m")
    });
    measure(bencher, &text, Dmarc::parse);
}

#[divan::bench(args = SIZES)]
fn dkim_key_data(bencher: Bencher<'_, '_>, size: usize) {
    let text = text(size, "v=DKIM1; k=rsa; p=MIIB", |_| "AAAA ".to_owned());
    measure(bencher, &text, DkimKey::parse);
}

#[divan::bench(args = SIZES)]
fn dkim_words(bencher: Bencher<'_, '_>, size: usize) {
    let text = text(size, "v=DKIM1; p=; h=sha256", |number| {
        format!(":h{number}")
    });
    measure(bencher, &text, DkimKey::parse);
}

#[divan::bench(args = SIZES)]
fn mta_sts_record(bencher: Bencher<'_, '_>, size: usize) {
    let text = text(size, "v=STSv1; id=1", |number| format!("; x{number}=y"));
    measure(bencher, &text, MtaStsRecord::parse);
}

#[divan::bench(args = SIZES)]
fn mta_sts_policy_hosts(bencher: Bencher<'_, '_>, size: usize) {
    let start = "version: STSv1\r\nmode: enforce\r\nmax_age: 604800\r\n";
    let text = text(size, start, |number| format!("mx: *.x{number}.example\r\n"));
    measure(bencher, &text, |text| MtaStsPolicy::parse(text.as_bytes()));
}

#[divan::bench(args = SIZES)]
fn mta_sts_policy_keys(bencher: Bencher<'_, '_>, size: usize) {
    let start = "version: STSv1\r\nmode: none\r\nmax_age: 604800\r\n";
    let text = text(size, start, |number| format!(" x{number} : y \n"));
    measure(bencher, &text, |text| MtaStsPolicy::parse(text.as_bytes()));
}

#[divan::bench(args = SIZES)]
fn tls_rpt(bencher: Bencher<'_, '_>, size: usize) {
    let start = "v=TLSRPTv1; rua=mailto:a@example.com";
    let text = text(size, start, |number| {
        format!(",https://x{number}.example/r")
    });
    measure(bencher, &text, TlsRpt::parse);
}

#[divan::bench(args = SIZES)]
fn report_uri(bencher: Bencher<'_, '_>, size: usize) {
    let text = text(size, "https://example.com/", |_| "%20%20/x".to_owned());
    measure(bencher, &text, str::parse::<ReportUri>);
}

#[divan::bench(args = SIZES)]
fn spf(bencher: Bencher<'_, '_>, size: usize) {
    let text = text(size, "v=spf1", |number| {
        format!(
            " ip4:192.0.2.{} include:%{{d}}.x{number}.example",
            number % 256
        )
    });
    measure(bencher, &text, Spf::parse);
}

#[divan::bench(args = SIZES)]
fn bimi(bencher: Bencher<'_, '_>, size: usize) {
    let start = "v=BIMI1; l=https://example.com/logo.svg; lps=a";
    let text = text(size, start, |number| format!(",p{number}"));
    measure(bencher, &text, Bimi::parse);
}

#[divan::bench(args = SIZES)]
fn name(bencher: Bencher<'_, '_>, size: usize) {
    let text = text(size, "example", |number| format!(".x{number}"));
    measure(bencher, &text, Name::parse);
}

#[divan::bench(args = SIZES)]
fn txt_route53(bencher: Bencher<'_, '_>, size: usize) {
    let text = text(size, "\"x\"", |_| " \"\\052 and text\"".to_owned());
    measure(bencher, &text, |text| {
        Txt::parse(text, Presentation::Route53)
    });
}

#[divan::bench(args = SIZES)]
fn txt_zone_file(bencher: Bencher<'_, '_>, size: usize) {
    let text = text(size, "\"x\"", |_| " \"\\042 and text\"".to_owned());
    measure(bencher, &text, |text| {
        Txt::parse(text, Presentation::ZoneFile)
    });
}

#[divan::bench(args = SIZES)]
fn caa(bencher: Bencher<'_, '_>, size: usize) {
    let text = text(size, "0 issue \"ca.example", |number| {
        format!("; x{number}=y")
    }) + "\"";
    measure(bencher, &text, |text| {
        Caa::parse(text, Presentation::ZoneFile)
    });
}

/// Nothing beyond 256 kB is read, so that the last size is the time to refuse it.
#[divan::bench(args = SIZES)]
fn svg(bencher: Bencher<'_, '_>, size: usize) {
    let start = r#"<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 9 9"><title>x</title>"#;
    let text = text(size, start, |number| {
        format!("<g><rect x=\"{number}\" width=\"1\" height=\"1\" fill=\"url(#a)\"/></g>")
    }) + "</svg>";
    measure(bencher, &text, |text| Svg::parse(text.as_bytes()));
}

#[divan::bench(args = SIZES)]
fn svg_depth(bencher: Bencher<'_, '_>, size: usize) {
    let start = r#"<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps">"#;
    let text = text(size, start, |_| "<g>".to_owned());
    measure(bencher, &text, |text| Svg::parse(text.as_bytes()));
}

#[divan::bench(args = SIZES)]
fn mark_certificate(bencher: Bencher<'_, '_>, size: usize) {
    const BLOCK: &str =
        include_str!("../src/bimi/mark_certificate/roots/sslcom-vmc-ecc-root-2024.pem");
    let text = text(size, "", |_| BLOCK.to_owned());
    measure(bencher, &text, |text| {
        MarkCertificate::parse(text.as_bytes())
    });
}
