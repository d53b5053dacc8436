//! The checker's verdict on a text as a whole; and a DNS of a few lines.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use standards::checker::check_record;
use standards::dns::{Mx, Name, NoAnswer, Resolver, Txt};

/// The kind of each row of the table below.
pub(crate) const KINDS: &[u8] = &[14, 14, 14];

/// A verdict is not drawn from the absence of errors: what receivers use has a value.
#[test]
fn usable_means_that_there_is_a_value() {
    for (text, usable) in [
        ("spf2.0/pra,mfrom include:example.com -all", false),
        ("spf2.0/mfrom -all", false),
        ("spf2.0/pra", false),
        ("v=spf1 -all", true),
        (" v=DMARC1; p=reject", false),
        ("v=DMARC1; sp=reject; rua=mailto:a@example.com", true),
    ] {
        let checked = check_record(text).expect("a known kind");
        assert_eq!(
            checked.is_usable(),
            usable,
            "{text}: {:?}",
            checked.findings
        );
    }
}

/// Records as `(owner, "MX 10 host")`, `(owner, "A 192.0.2.1")`, or a TXT value.
pub(crate) struct Zone(pub(crate) Vec<(&'static str, &'static str)>);

impl Zone {
    fn read<T: std::str::FromStr>(&self, name: &Name, kind: &str) -> Vec<T> {
        let data = self.data(name).filter_map(|data| data.strip_prefix(kind));
        data.filter_map(|data| data.parse().ok()).collect()
    }

    fn data(&self, name: &Name) -> impl Iterator<Item = &'static str> {
        let at_name = self.0.iter().filter(|(owner, _)| *owner == name.as_str());
        at_name.map(|(_, data)| *data)
    }
}

impl Resolver for Zone {
    async fn txt(&self, name: &Name) -> Result<Vec<Txt>, NoAnswer> {
        let is_text = |data: &&str| !data.starts_with("MX ") && !data.starts_with("A ");
        Ok(self.data(name).filter(is_text).map(Txt::from).collect())
    }

    async fn a(&self, name: &Name) -> Result<Vec<Ipv4Addr>, NoAnswer> {
        Ok(self.read(name, "A "))
    }

    async fn aaaa(&self, _: &Name) -> Result<Vec<Ipv6Addr>, NoAnswer> {
        Ok(Vec::new())
    }

    async fn mx(&self, name: &Name) -> Result<Vec<Mx>, NoAnswer> {
        Ok(self.read(name, "MX "))
    }

    async fn ptr(&self, _: IpAddr) -> Result<Vec<Name>, NoAnswer> {
        Ok(Vec::new())
    }
}

/// Runs a future that never waits.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("the future waits"),
    }
}
