//! Rules of BIMI: the assertion record (R), and what it needs of other protocols (X).

crate::rules! {
    BIMI_R01 "BIMI-R01" Error Lint lib "standards::bimi"
        "The record is at `SELECTOR._bimi` under the domain"
        why "Receivers ask for that name only."
        fix "publish at `default._bimi.DOMAIN`"
        source "BIMI §4.3, §4.4";
    BIMI_R02 "BIMI-R02" Error Lint by "standards::bimi"
        "`v=BIMI1` comes first, exactly"
        why "Receivers ignore the record otherwise."
        fix "start the value with `v=BIMI1;`"
        source "BIMI §4.3";
    BIMI_R03 "BIMI-R03" Error Lint by "standards::bimi"
        "`l=` is there: one https URI, or empty to decline"
        why "Without it the record is invalid and no logo shows."
        fix "add `l=` with the logo's https URL"
        source "BIMI §4.3";
    BIMI_R04 "BIMI-R04" Error Lint by "standards::bimi"
        "`a=`, if not empty, is one https URI with a full host name"
        why "Receivers do not fetch a certificate from anywhere else."
        fix "give the certificate's https URL, or leave `a=` empty"
        source "BIMI §4.3";
    BIMI_R05 "BIMI-R05" Error Lint by "standards::bimi"
        "URIs hold no space, and commas are percent-encoded"
        why "The bare character ends the URI early."
        fix "write %20 for a space and %2C for a comma"
        source "BIMI §4.3";
    BIMI_R06 "BIMI-R06" Error Lint by "standards::bimi"
        "The logo's path ends in .svg or .svgz, the certificate's in .pem"
        why "The suffix of another image format is a permanent error for receivers; without a suffix some of them show no logo."
        fix "publish the logo under a name that ends in .svg, and the certificate under one in .pem"
        source "BIMI §4.3.2; VMC fetch §3.3";
    BIMI_R07 "BIMI-R07" Error Lint by "standards::bimi"
        "`avp=` is brand or personal"
        why "Receivers ignore another value, and show the logo where a person's picture was meant."
        fix "write `avp=brand`, or leave it out"
        source "BIMI §4.3";
    BIMI_R08 "BIMI-R08" Error Lint by "standards::bimi"
        "`lps=` is empty or lists prefixes of 1 to 63 letters, digits and hyphens"
        why "Another value makes the record invalid."
        fix "correct the prefixes"
        source "BIMI §4.3";
    BIMI_R09 "BIMI-R09" Warn Lint by "standards::bimi"
        "Every prefix of `lps=` has a record at its own selector"
        why "Receivers look there for mail from that local part and find nothing."
        fix "publish `PREFIX._bimi.DOMAIN`, in the normalized form of the local part"
        source "BIMI §4.5";
    BIMI_R10 "BIMI-R10" Error Lint by "standards::bimi"
        "Declining is `v=BIMI1; l=; a=;`"
        why "Receivers may read another form as a broken record, not as a wish."
        fix "leave both `l=` and `a=` empty"
        source "BIMI §4.3.1";
    BIMI_R11 "BIMI-R11" Warn Lint by "standards::bimi"
        "`a=` is not set beside an empty `l=`"
        why "This does not decline, and some receivers fail on it."
        fix "fill `l=` too, or empty both"
        source "BIMI §4.3.1";
    BIMI_R12 "BIMI-R12" Error Lookup | Live by "standards::bimi"
        "One record at the name begins `v=BIMI1`"
        why "With several, receivers show no logo."
        fix "remove all but one"
        source "BIMI §7.2";
    BIMI_R13 "BIMI-R13" Warn Lint by "standards::bimi"
        "No tag is unknown or repeated"
        why "Receivers ignore an unknown tag; a repeated one makes the record invalid."
        fix "remove it, or correct its name"
        source "BIMI §4.3; RFC 6376 §3.2";
    BIMI_R14 "BIMI-R14" Info Lint lib "standards::bimi"
        "Domains that share a logo share one record through a CNAME"
        why "A copy in each domain is one more thing to forget when the logo changes."
        fix "point the other domains' `default._bimi` at this one by CNAME"
        source "BIMI §6.3";
    BIMI_R15 "BIMI-R15" Error Lint by "standards::bimi"
        "`s=` is not used in the record"
        why "It is a tag of the message header; older drafts used it for what is `avp=` now."
        fix "remove it"
        source "BIMI §4.3, §5.1";

    BIMI_X01 "BIMI-X01" Error Lookup by "standards::bimi"
        "DMARC is at quarantine or reject, for the domain and its organizational domain"
        why "Receivers show no logo without it."
        fix "enforce DMARC first"
        source "BIMI §1, §7.1";
    BIMI_X02 "BIMI-X02" Error Lookup by "standards::bimi"
        "`sp` of DMARC is not none"
        why "Receivers show no logo for the domain when its subdomains can be forged."
        fix "set `sp=quarantine` or `sp=reject`"
        source "BIMI §7.1";
    BIMI_X03 "BIMI-X03" Error Lookup by "standards::bimi"
        "Quarantine applies to all mail"
        why "With `pct` under 100 receivers do not count it as enforcement."
        fix "remove `pct`"
        source "BIMI §7.1";
    BIMI_X04 "BIMI-X04" Error Lookup by "standards::bimi"
        "DMARC is not in test mode"
        why "`t=y` turns quarantine into none, and receivers show no logo."
        fix "remove `t=y`"
        source "RFC 9989 §4.7; BIMI §7.1";
    BIMI_X05 "BIMI-X05" Warn Lookup by "standards::bimi"
        "`np` of DMARC is not none"
        why "Names that do not exist can then be forged, and receivers may show no logo."
        fix "set `np=reject`"
        source "RFC 9989 §4.7";
    BIMI_X06 "BIMI-X06" Warn Lookup by "standards::dmarc (as DMARC-27)"
        "Tree walk and public suffix list agree on the organizational domain"
        why "Receivers look for the fallback record in different places where they do not."
        fix "publish a DMARC record at the organizational domain"
        source "RFC 9989 §4.10";
    BIMI_X07 "BIMI-X07" Error Order by "blueprint"
        "DMARC enforcement is seen live before BIMI is published"
        why "Receivers that look too early remember that there is no logo to show."
        fix "apply DMARC first; the plan orders it so"
        source "BIMI §7.1";
    BIMI_X08 "BIMI-X08" Error Live by "verify"
        "The logo's and certificate's URLs answer 200 over valid TLS 1.2 or later"
        why "Receivers that cannot fetch show no logo; a challenge page of a CDN is such a failure."
        fix "serve both to any client, without a challenge"
        source "BIMI §7.5; VMC fetch §3.2";
    BIMI_X09 "BIMI-X09" Warn Live by "verify"
        "The URLs do not redirect"
        why "Receivers may refuse to follow."
        fix "publish the final URL"
        source "BIMI implementation guidance";
    BIMI_X10 "BIMI-X10" Warn Live by "verify"
        "Logo and certificate are served with their media types"
        why "Receivers may refuse image or certificate under another type."
        fix "serve image/svg+xml and application/pem-certificate-chain"
        source "operational";
    BIMI_X11 "BIMI-X11" Warn Order by "cli::commands::lint::online"
        "A replaced logo or certificate gets a new URL"
        why "Receivers cache by URL and go on showing the old one."
        fix "publish the new file under a new name"
        source "VMC fetch §3.3";
    BIMI_X12 "BIMI-X12" Error Order by "blueprint"
        "Files are served before the record names them, and stay until it is gone"
        why "Receivers that fetch in between find nothing and remember it."
        fix "let the plan order it: files, check, record"
        source "operational";
    BIMI_X13 "BIMI-X13" Error Lint lib "standards::bimi"
        "No BIMI record stands at the apex or at `_bimi` itself"
        why "Nobody looks there."
        fix "publish at `default._bimi.DOMAIN`"
        source "BIMI §4.3";
}
