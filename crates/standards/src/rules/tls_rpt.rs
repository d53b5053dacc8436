//! Rules of SMTP TLS reporting.

crate::rules! {
    RPT_01 "RPT-01" Error Lint lib "standards::tls_rpt"
        "The record is at `_smtp._tls` under the domain"
        why "Senders ask for that name only."
        fix "publish at `_smtp._tls.DOMAIN`"
        source "RFC 8460 §3";
    RPT_02 "RPT-02" Error Lint by "standards::tls_rpt"
        "The record begins with exactly `v=TLSRPTv1;`"
        why "Senders discard a record that begins otherwise, and send no report."
        fix "start the value with `v=TLSRPTv1;`, in this case of letters"
        source "RFC 8460 §3";
    RPT_03 "RPT-03" Error Lint by "standards::tls_rpt"
        "`rua` lists at least one address"
        why "Without an address there is nowhere to send reports, and failures of TLS stay unseen."
        fix "add `rua=mailto:…` with the mailbox that reads the reports"
        source "RFC 8460 §3";
    RPT_04 "RPT-04" Error Lint by "standards::tls_rpt"
        "Report addresses are `mailto:` or `https:`"
        why "Senders know no other way to deliver a TLS report."
        fix "use a `mailto:` or an `https:` address"
        source "RFC 8460 §3";
    RPT_05 "RPT-05" Error Lint by "standards::tls_rpt"
        "Inside an address `,` `!` `;` are percent-encoded, and no size limit follows"
        why "The bare characters end the address early; the `!10m` of DMARC does not exist here."
        fix "write %2C, %21 or %3B, and drop a size suffix"
        source "RFC 8460 §3";
    RPT_06 "RPT-06" Error Lint by "standards::tls_rpt"
        "A `mailto:` holds one mail address, an `https:` has a host"
        why "An address that cannot be used means that the report is never sent."
        fix "correct the address"
        source "RFC 8460 §3; RFC 6068";
    RPT_07 "RPT-07" Error Lookup | Live by "standards::tls_rpt"
        "One record begins `v=TLSRPTv1;`"
        why "With two, senders act as if there were none."
        fix "remove all records but one"
        source "RFC 8460 §3";
    RPT_08 "RPT-08" Warn Lint by "standards::tls_rpt"
        "The record has no unknown fields"
        why "Senders ignore a field they do not know, so that it does nothing, and is often a misspelling."
        fix "remove the field or correct its name"
        source "RFC 8460 §3";
    RPT_09 "RPT-09" Error Lookup by "standards::tls_rpt"
        "The domain of a `mailto:` address accepts mail"
        why "Reports to a domain without a mail server bounce and are lost."
        fix "name a mailbox in a domain that has an MX"
        source "operational";
    RPT_10 "RPT-10" Warn Live by "verify"
        "An `https:` address accepts both report media types"
        why "Senders post `application/tlsrpt+gzip` or `application/tlsrpt+json`; a refusal loses the report."
        fix "let the endpoint accept a POST of both types"
        source "RFC 8460 §5.4, §6";
    RPT_11 "RPT-11" Info Lint lib "standards::tls_rpt"
        "Reports may go to another domain without its permission"
        why "TLS reporting has no such permission as DMARC has; a record under `_report` would do nothing."
        fix "nothing is needed; publish no permission record"
        source "RFC 8460 §3";
    RPT_12 "RPT-12" Warn Lint by "standards::tls_rpt"
        "A domain with MTA-STS or DANE also asks for TLS reports"
        why "Senders that refuse to deliver over weak TLS tell it only in these reports; without them lost mail goes unnoticed."
        fix "add a `tls_rpt` block with a `rua`"
        source "RFC 8461 §6";
    RPT_13 "RPT-13" Warn Lint lib "standards::dkim"
        "A DKIM key that signs TLS reports allows the service type `tlsrpt`"
        why "Receivers of our reports may refuse a signature whose key is limited to other services."
        fix "leave `s=` out of the key record, or add `tlsrpt`"
        source "RFC 8460 §3";
}
