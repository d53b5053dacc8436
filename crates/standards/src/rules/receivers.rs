//! The requirements of the large mailbox providers for senders.

crate::rules! {
    RCV_01 "RCV-01" Error Lint by "manifest::lint"
        "A bulk sender has SPF, DKIM and DMARC, and aligns with one of the first two"
        why "Gmail, Yahoo and Outlook.com refuse or defer bulk mail without them."
        fix "set up the missing one"
        source "Google, Yahoo and Microsoft sender requirements";
    RCV_02 "RCV-02" Warn Lint by "standards::receivers"
        "Bulk mail is not sent before the requirements are met"
        why "Gmail rejects since November 2025; Outlook.com answers 550 5.7.515 since May 2025."
        fix "fix the other findings first"
        source "vendors' announcements";
    RCV_03 "RCV-03" Warn Lint by "manifest::lint"
        "Marketing mail has one-click unsubscribe and few complaints"
        why "Above 0.3 % of complaints Gmail stops delivering; below 0.1 % is expected."
        fix "add List-Unsubscribe-Post to the mail, and honour it"
        source "RFC 8058; Google and Yahoo sender requirements";
    RCV_04 "RCV-04" Warn Live by "verify"
        "Dedicated sending addresses have reverse DNS that points back, and use TLS"
        why "Gmail refuses mail from addresses without."
        fix "set the PTR record and its A or AAAA"
        source "Google sender requirements";
    RCV_05 "RCV-05" Error Lint by "manifest::lint"
        "For a logo at Gmail there is a mark certificate, and DMARC fully enforced"
        why "Gmail shows no self-asserted logo."
        fix "get a VMC or CMC, and enforce DMARC without `pct`"
        source "Google; BIMI §7.1";
    RCV_06 "RCV-06" Error Lint | Live by "manifest::lint"
        "For a logo at Apple there is a verified mark certificate"
        why "Apple shows no logo without a VMC."
        fix "get a VMC"
        source "Apple; vendors' documentation";
    RCV_07 "RCV-07" Info Lint by "manifest::lint"
        "Yahoo shows self-asserted logos of reputable bulk senders; Microsoft shows none"
        why "What readers see depends on their provider."
        fix "nothing is needed"
        source "vendors' documentation";
    RCV_08 "RCV-08" Warn Lint by "standards::dkim (as DKIM-07)"
        "DKIM keys have 2048 bits"
        why "Providers recommend it; 1024 is the least they accept."
        fix "use a 2048-bit key"
        source "Google; RFC 8301 §3.2";
}
