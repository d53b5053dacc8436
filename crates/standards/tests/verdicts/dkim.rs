//! DKIM keys.

use standards::dkim::DkimKey;

use super::{Verdict, check, row};

const KEY: &str = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

pub(crate) const VERDICTS: &[Verdict] = &[
    // FWS of a tag list may stand before the first tag (RFC 6376 §3.2), unlike in DMARC.
    row(
        3,
        " v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        Some(KEY),
        &[],
    ),
    row(
        4,
        "v=DKIM1;\tk=ed25519;\tp=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        Some(KEY),
        &["DNS-02 warn \"\\t\"", "DNS-02 warn \"\\t\""],
    ),
    // RFC 6376 §3.6.1: each list has at least one word.
    row(
        8,
        "v=DKIM1; h=; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        None,
        &["DKIM-10 error \"h=\""],
    ),
    row(
        8,
        "v=DKIM1; s=; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        None,
        &["DKIM-11 error \"s=\""],
    ),
    row(
        8,
        "v=DKIM1; t=:; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        None,
        &["DKIM-14 error \"t=:\""],
    ),
    row(
        8,
        "v=DKIM1; k=; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        None,
        &["DKIM-05 error \"\""],
    ),
    row(
        8,
        "v=DKIM1; k=ed25519; h=sha256:; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        Some("v=DKIM1; k=ed25519; h=sha256; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
        &["DKIM-10 error \"\""],
    ),
    row(
        8,
        "v=DKIM1; k=ed25519; s=:email::tlsrpt; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        Some("v=DKIM1; k=ed25519; s=email:tlsrpt; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
        &["DKIM-11 error \"\""],
    ),
    // Unrecognized words and tags are ignored (RFC 6376 §3.2, §3.6.1).
    row(
        9,
        "v=DKIM1; h=sha256:md5; s=email:carrier; q=x; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        Some(
            "v=DKIM1; k=ed25519; h=sha256:unknown; s=email:unknown; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        ),
        &[],
    ),
    row(
        13,
        "v=DKIM1; K=ed25519; P=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        None,
        &[
            "DKIM-14 warn \"K\"",
            "DKIM-14 warn \"P\"",
            "DKIM-04 error \"\"",
        ],
    ),
    row(
        13,
        "v=DKIM1; k=ed25519; T=y; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        Some(KEY),
        &["DKIM-14 warn \"T\""],
    ),
];

#[test]
fn keys() {
    check(VERDICTS, DkimKey::parse);
}
