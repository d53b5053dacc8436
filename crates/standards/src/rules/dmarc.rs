//! Rules of DMARC.

crate::rules! {
    DMARC_01 "DMARC-01" Error Lint lib "standards::dmarc"
        "The record is at `_dmarc` under the domain"
        why "Receivers ask for that name only."
        fix "publish at `_dmarc.DOMAIN`"
        source "RFC 9989 §4.5";
    DMARC_02 "DMARC-02" Error Lint by "standards::dmarc"
        "`v=DMARC1` comes first, in this case of letters"
        why "Receivers ignore the whole record otherwise."
        fix "start the value with `v=DMARC1;`"
        source "RFC 9989 §4.7";
    DMARC_03 "DMARC-03" Error Lookup | Live by "standards::dmarc"
        "There is one DMARC record"
        why "Receivers discard all of several."
        fix "remove all but one"
        source "RFC 9989 §4.10";
    DMARC_04 "DMARC-04" Error Lint by "standards::dmarc"
        "`p` is there: none, quarantine or reject"
        why "Older receivers discard a record without it. Newer ones take it for p=none where `rua` has an address, and apply no DMARC otherwise."
        fix "write `p=none`, `p=quarantine` or `p=reject` directly after the version"
        source "RFC 9989 §4.7; RFC 7489 §6.3";
    DMARC_05 "DMARC-05" Warn Lint by "standards::dmarc"
        "`p` follows directly after `v`"
        why "Older receivers require this order and may discard the record."
        fix "move `p=` to the second place"
        source "RFC 7489 §6.4";
    DMARC_06 "DMARC-06" Error Lint by "standards::dmarc"
        "`sp` and `np`, if present, are none, quarantine or reject"
        why "One invalid value turns the whole policy into p=none, or into no DMARC."
        fix "correct the value"
        source "RFC 9989 §4.10.1";
    DMARC_07 "DMARC-07" Warn Lint by "standards::dmarc"
        "`sp` and `np` are published at an organizational domain"
        why "Receivers ignore them in the record of a subdomain."
        fix "remove them, or publish them at the organizational domain"
        source "RFC 9989 §4.7";
    DMARC_08 "DMARC-08" Warn Lint by "standards::dmarc"
        "`sp` and `np` are not weaker than `p`"
        why "Forgers use an invented subdomain instead of the domain."
        fix "set `sp` like `p`, and `np=reject`"
        source "RFC 9989 §4.7";
    DMARC_09 "DMARC-09" Error Lint by "standards::dmarc"
        "`adkim` and `aspf` are r or s"
        why "Another value is ignored or makes the record invalid."
        fix "write `r` (relaxed) or `s` (strict)"
        source "RFC 9989 §4.7, §4.8";
    DMARC_10 "DMARC-10" Error Lint by "standards::dmarc"
        "`t` is y or n"
        why "`t=y` lowers the effective policy by one step; another value is not understood."
        fix "write `t=y` to test the policy, or leave `t` out to apply it"
        source "RFC 9989 §4.7, appendix A.6";
    DMARC_11 "DMARC-11" Error Lint by "standards::dmarc"
        "`psd` is y, n or u, and y only at a public suffix"
        why "A wrong value changes which domain is the organizational one, and with it alignment."
        fix "leave it out"
        source "RFC 9989 §4.7";
    DMARC_12 "DMARC-12" Warn Lint by "standards::dmarc"
        "`psd=n` is meant: it makes the name its own organizational domain"
        why "Mail no longer aligns with the parent domain."
        fix "leave `psd` out, unless the subdomain is run by others"
        source "RFC 9989 §4.7, §4.10.2";
    DMARC_13 "DMARC-13" Warn Lint by "standards::dmarc"
        "The withdrawn tags `pct`, `rf` and `ri` are not used"
        why "New receivers ignore them; a pct other than 0 or 100 was never reliable."
        fix "remove the tag; use `t=y` to try a policy out"
        source "RFC 9989 appendices A.6, C";
    DMARC_14 "DMARC-14" Error Lint by "standards::dmarc"
        "`pct` is 0 to 100, and `ri` a number of seconds"
        why "The tags are withdrawn: receivers of today ignore them, and older ones may discard the record."
        fix "remove the tag"
        source "RFC 7489 §6.3";
    DMARC_15 "DMARC-15" Error Lint by "standards::dmarc"
        "`fo` is 0 or 1, with d and s, each once, joined by colons"
        why "Receivers ignore another value, and the failure reports you want do not come."
        fix "write for example `fo=1`, and a `ruf` beside it"
        source "RFC 9989 §4.7, §4.8";
    DMARC_16 "DMARC-16" Error Lint by "standards::dmarc"
        "`rua` and `ruf` are URIs joined by commas, with `,` and `!` percent-encoded inside"
        why "Reports do not go to an address that receivers cannot read."
        fix "write `mailto:` before each address"
        source "RFC 9989 §4.8";
    DMARC_17 "DMARC-17" Warn Lint by "standards::dmarc"
        "Report addresses carry no size limit"
        why "The `!10m` suffix is withdrawn; receivers ignore it or the address."
        fix "remove the suffix"
        source "RFC 9989 §4.8";
    DMARC_18 "DMARC-18" Warn Lint by "standards::dmarc"
        "Report addresses are `mailto:`"
        why "Receivers need to support no other scheme."
        fix "add a `mailto:` address"
        source "RFC 9989 §4.7";
    DMARC_19 "DMARC-19" Warn Lint by "standards::dmarc"
        "A tag lists at most two report addresses"
        why "Receivers may ignore the third and those after it."
        fix "list two, and forward from there"
        source "RFC 7489 §6.2";
    DMARC_20 "DMARC-20" Warn Lint by "standards::dmarc"
        "The record asks for aggregate reports"
        why "Without `rua` nobody tells you who sends in your name, or what your policy refuses."
        fix "add `rua=mailto:…`"
        source "RFC 9989 §4.7";
    DMARC_21 "DMARC-21" Error Lookup by "standards::dmarc"
        "The domain of a report address accepts mail"
        why "Reports bounce and are lost."
        fix "name a mailbox in a domain that has an MX"
        source "operational";
    DMARC_22 "DMARC-22" Error Lookup by "standards::dmarc"
        "A report address in another organization is authorized by that organization"
        why "Receivers send no reports there without the permission record."
        fix "have `DOMAIN._report._dmarc.HOST` published with `v=DMARC1`"
        source "RFC 9990, verifying external destinations; RFC 7489 §7.1";
    DMARC_23 "DMARC-23" Error Lint by "standards::dmarc"
        "The permission record in a zone of ours is part of the same plan"
        why "Until it is there, receivers drop the reports."
        fix "declare the report domain in the manifest too"
        source "RFC 9990, verifying external destinations";
    DMARC_24 "DMARC-24" Error Lint by "standards::dmarc"
        "A `rua` in a permission record keeps the same host"
        why "Receivers ignore an override that leads elsewhere."
        fix "use an address at the same host"
        source "RFC 9990, verifying external destinations";
    DMARC_25 "DMARC-25" Error Lint by "standards::dmarc"
        "The permission record's name fits the DNS limits"
        why "A name that is too long cannot be asked for, so that reports are dropped."
        fix "use a report host with a shorter name"
        source "RFC 9990, verifying external destinations";
    DMARC_26 "DMARC-26" Warn Lint by "standards::dmarc"
        "No tag is unknown or repeated"
        why "Receivers ignore an unknown tag; a repeated one makes the record invalid."
        fix "remove it, or correct its name"
        source "RFC 9989 §4.7; RFC 6376 §3.2";
    DMARC_27 "DMARC-27" Warn Lookup by "standards::dmarc"
        "The tree walk and the public suffix list agree on the organizational domain"
        why "Old and new receivers apply different policies where they do not."
        fix "publish a DMARC record at the organizational domain"
        source "RFC 9989 §4.10; RFC 7489 §3.2";
    DMARC_28 "DMARC-28" Error Lint by "standards::dmarc"
        "The tree walk asks at most eight names"
        why "More would differ from what receivers do."
        fix "this is a rule for the program itself: report it as a fault"
        source "RFC 9989 §4.10, §4.10.2";
    DMARC_29 "DMARC-29" Error Lookup by "standards::dmarc"
        "Enforcement has at least one declared sender that aligns"
        why "With none, all mail of the domain is quarantined or rejected."
        fix "declare an SES instance with DKIM, or a MAIL FROM in the domain"
        source "RFC 9989 §5.1, §8";
    DMARC_30 "DMARC-30" Error Lint by "standards::dmarc"
        "`p=reject` does not rest on SPF alone"
        why "Forwarding breaks SPF, and the mail is rejected."
        fix "sign with DKIM first"
        source "RFC 9989 §8";
    DMARC_31 "DMARC-31" Warn Lint by "standards::dmarc"
        "`p=reject` is not used where people write to mailing lists"
        why "Lists change messages and break DKIM; their members lose the mail."
        fix "use quarantine, or a subdomain for people"
        source "RFC 9989 §7.4";
    DMARC_32 "DMARC-32" Error Lint by "standards::dmarc"
        "Strict alignment is not asked of senders that sign or bounce in a subdomain"
        why "Their mail fails DMARC. A custom MAIL FROM of SES is always a subdomain."
        fix "use `adkim=r` and `aspf=r`"
        source "RFC 9989 §4.4";
    DMARC_33 "DMARC-33" Warn Order by "standards::dmarc"
        "A policy goes from none to reject by way of quarantine"
        why "Reports under a milder policy show what reject would lose."
        fix "publish quarantine or `t=y`, and read the reports for some weeks"
        source "RFC 9989 §5.1.7";
    DMARC_34 "DMARC-34" Error Lint lib "standards::dmarc"
        "A parked domain rejects: p=reject, SPF -all, null MX"
        why "An unguarded domain is a gift to forgers."
        fix "list the domain under `parked`"
        source "RFC 7505 §4.2";
    DMARC_35 "DMARC-35" Warn Lint by "standards::dmarc"
        "`ruf` is used knowingly"
        why "Failure reports carry personal data of your correspondents."
        fix "leave `ruf` out, or accept this finding with a reason"
        source "RFC 9989 §11.6; RFC 9991";
}
