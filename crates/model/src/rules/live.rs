//! Rules of the live domain that no standard has to write down: what is published is what
//! everybody sees.

standards::rules! {
    LIVE_01 "LIVE-01" Error Live by "verify"
        "Every planned record is what public DNS answers"
        why "Receivers and senders act on what they are answered, not on what was planned."
        fix "publish the record as planned; with Route 53, apply again"
        source "ARCHITECTURE.md, \"What holds everywhere\"";
    LIVE_02 "LIVE-02" Error Live by "verify"
        "Public DNS answers every question about the domain"
        why "Mail is deferred, and later returned, while a resolver gets a failure in place of an answer."
        fix "look at the name servers of the zone, and at its DNSSEC signatures"
        source "ARCHITECTURE.md, \"What holds everywhere\"";
    LIVE_03 "LIVE-03" Error Live by "verify"
        "The served logo is the planned file, byte for byte"
        why "Receivers compare the logo with the one in the mark certificate."
        fix "invalidate the cache, or deploy again"
        source "ARCHITECTURE.md, \"What holds everywhere\"";
    LIVE_04 "LIVE-04" Error Live by "verify"
        "A name that leads to a server leads to one of ours"
        why "What a name points at and nobody has, somebody else can take, and then answer in the domain's name."
        fix "apply again, or take the record out of DNS"
        source "ARCHITECTURE.md, \"What holds everywhere\"";
    LIVE_05 "LIVE-05" Error Lookup by "reconcile::foresight"
        "What SES has verified stays verified"
        why "While SES does not find the records of its keys, mail goes unsigned; after 72 hours it refuses to send for the domain. Without the MX of a MAIL FROM domain it sends with its own, so that SPF does not align, or it refuses."
        fix "publish what SES wants to find, and nothing beside the one MX at the MAIL FROM name"
        source "SES Developer Guide: domain verification revocation; SES v2: MailFromAttributes";
    LIVE_06 "LIVE-06" Error Live by "verify"
        "The DS records at the parent lead to a key of the zone"
        why "Resolvers that validate answer SERVFAIL for every name of the zone otherwise: senders find no MX, receivers no key."
        fix "let the registrar publish the DS record of the zone's key, or take the DS records out; then wait for their TTL"
        source "RFC 4034 §5; RFC 4035 §5.2";
    LIVE_07 "LIVE-07" Warn Lookup by "reconcile::foresight"
        "A DKIM key of yours signs for a year at most"
        why "Whoever copied the key can sign as the domain for as long as it is published, and a key that was never replaced is replaced for the first time when it has leaked."
        fix "bring a new key under another selector, and publish the old one beside it for a week: docs/guide/dkim-keys.md"
        source "M3AAWG DKIM Key Rotation Best Common Practices; RFC 6376 §3.1";
    LIVE_08 "LIVE-08" Error Lookup by "reconcile::foresight"
        "The registration of a domain does not end"
        why "When it ends, the registry takes the domain out of DNS: nobody finds its mail hosts, keys and policies. After some weeks anybody may register it, and get its mail."
        fix "renew it at its registrar, and let the registrar renew it by itself"
        source "RFC 9083 §4.5; ICANN Expired Registration Recovery Policy";
}
