//! Changes that somebody else makes at AWS.

use crate::place::Place;

/// Somebody changes the DMARC record, deletes an MX and adds a value beside the SPF record.
pub fn other_hands(place: &Place) {
    place.change_world(|world, _| {
        let zone = world.route53.zones_of("111111111111").next();
        let zone = zone.expect("a zone").id.clone();
        let mut put = |name: &str, of: (&str, u32), values: &[&str]| {
            world.seed_records(&zone, name, of, values).expect("a name");
        };
        put(
            "_dmarc.example.com",
            ("TXT", 3600),
            &["\"v=DMARC1; p=none\""],
        );
        put("mail1.example.com", ("MX", 3600), &[]);
        let spf = "\"v=spf1 include:amazonses.com ~all\"";
        put("example.com", ("TXT", 3600), &[spf, "\"verify-me=1234\""]);
    });
}
