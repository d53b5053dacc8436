//! Makes `assets/bimi_vmc.pem` and `assets/test-bimi-root.pem` anew from `assets/logo.svg`:
//!
//!     cargo run -p standards --example make_test_mark_certificate
//!
//! The certificate is a mark certificate for `example.com` in every respect but one: it leads to
//! a root of its own, which no mail receiver trusts. The keys are not kept.

mod builder;

use std::error::Error;
use std::fs;
use std::path::Path;

#[expect(
    clippy::disallowed_methods,
    reason = "a program of its own, not the library"
)]
fn main() -> Result<(), Box<dyn Error>> {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets");
    let logo = fs::read(assets.join("logo.svg"))?;
    let chain = builder::Recipe::new("example.com", &logo)?.sign()?;
    let pem = [chain.leaf, chain.issuer].concat().replace("\r\n", "\n");
    fs::write(assets.join("bimi_vmc.pem"), pem)?;
    fs::write(
        assets.join("test-bimi-root.pem"),
        chain.root.replace("\r\n", "\n"),
    )?;
    Ok(())
}
