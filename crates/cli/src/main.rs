//! One YAML manifest in, working email-domain security on AWS out.
fn main() {}
