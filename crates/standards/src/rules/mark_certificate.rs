//! Rules of mark certificates (VMC and CMC).

crate::rules! {
    VMC_01 "VMC-01" Error Lint by "standards::bimi::mark_certificate"
        "The PEM file holds the leaf, then each issuer in turn, each once"
        why "Receivers build the chain from the file in this order."
        fix "order the certificates from leaf to root, and drop duplicates"
        source "VMC fetch §3.3";
    VMC_02 "VMC-02" Error Lint by "standards::bimi::mark_certificate"
        "The chain is complete and ends at a root for mark certificates"
        why "Receivers refuse a certificate they cannot trace to such a root; web roots do not count."
        fix "add the missing intermediates from the issuer's bundle"
        source "VMC fetch §5.1";
    VMC_03 "VMC-03" Error Lint by "standards::bimi::mark_certificate"
        "The leaf is for mark certificates, and for nothing else"
        why "Without the BIMI key usage receivers refuse it."
        fix "use the mark certificate, not a web certificate"
        source "VMC fetch §4.4; MCR §7.1.2.7";
    VMC_04 "VMC-04" Error Lint by "standards::bimi::mark_certificate"
        "The issuing authority may issue mark certificates"
        why "Receivers refuse a chain whose issuer lacks the BIMI key usage."
        fix "take the intermediate that belongs to this certificate"
        source "VMC fetch §4.4";
    VMC_05 "VMC-05" Error Lint by "standards::bimi::mark_certificate"
        "The leaf holds a logo (logotype extension), not marked critical"
        why "Without it the certificate vouches for no logo."
        fix "ask the issuer for a correct certificate"
        source "VMC fetch §4.1; RFC 3709 §2.1";
    VMC_06 "VMC-06" Error Lint by "standards::bimi::mark_certificate"
        "The embedded logo is one gzipped SVG with a matching hash"
        why "Receivers refuse a logo that does not match its hash."
        fix "ask the issuer for a correct certificate"
        source "VMC fetch §4.2; RFC 6170; MCR §7.1.2.7";
    VMC_07 "VMC-07" Error Lint by "standards::bimi::mark_certificate"
        "The embedded logo follows the SVG rules"
        why "Receivers refuse it otherwise."
        fix "correct the logo and have the certificate issued again"
        source "VMC fetch §4.2, §5.1";
    VMC_08 "VMC-08" Error Lint by "standards::bimi::mark_certificate"
        "The embedded logo is the logo that is hosted"
        why "Receivers may refuse both when they differ by a single byte."
        fix "host the very file the certificate was issued for"
        source "VMC fetch §5.3";
    VMC_09 "VMC-09" Error Lint by "standards::bimi::mark_certificate"
        "The certificate names the domain or its selector's name"
        why "Receivers refuse a certificate for another domain; wildcards do not count."
        fix "have the domain added to the certificate"
        source "VMC fetch §4.3, §5.2";
    VMC_10 "VMC-10" Error Live by "standards::bimi::mark_certificate"
        "Every certificate of the chain is within its dates"
        why "From the day it expires the logo is gone."
        fix "renew the certificate; it takes weeks"
        source "VMC fetch §4.5, §5.1";
    VMC_11 "VMC-11" Error Lint by "standards::bimi::mark_certificate"
        "The leaf says where its revocation list is"
        why "Receivers that check revocation refuse it otherwise."
        fix "ask the issuer for a correct certificate"
        source "VMC fetch §4.5, §5.1";
    VMC_12 "VMC-12" Error Lint by "standards::bimi::mark_certificate"
        "The leaf carries a proof of public logging (SCT)"
        why "Receivers refuse a certificate that was not logged."
        fix "ask the issuer for a correct certificate"
        source "VMC fetch §4.6, §5.1";
    VMC_13 "VMC-13" Error Lint by "standards::bimi::mark_certificate"
        "The leaf names the mark certificate policy and where it is written"
        why "It is required of issuers and checked by receivers."
        fix "ask the issuer for a correct certificate"
        source "MCR §7.1.6.4";
    VMC_14 "VMC-14" Error Lint by "standards::bimi::mark_certificate"
        "The subject has a known mark type"
        why "It decides whether and how receivers show the logo."
        fix "ask the issuer for a correct certificate"
        source "MCR §7.1.4.2.2";
    VMC_15 "VMC-15" Error Lint by "standards::bimi::mark_certificate"
        "The subject has the fields of its mark type"
        why "Receivers may refuse a mark without its registration, statute or source."
        fix "ask the issuer for a correct certificate"
        source "MCR §7.1.4.2";
    VMC_16 "VMC-16" Error Lint by "standards::bimi::mark_certificate"
        "The subject says which organization it is, and where"
        why "A certificate without them breaks the issuing requirements and may be revoked."
        fix "ask the issuer for a correct certificate"
        source "MCR §7.1.4.2.2";
    VMC_17 "VMC-17" Error Lint by "standards::bimi::mark_certificate"
        "The leaf is an end-entity certificate for digital signatures"
        why "Path validation fails otherwise."
        fix "ask the issuer for a correct certificate"
        source "RFC 5280 §4.2.1.9, §4.2.1.3; MCR §7.1.2.7";
    VMC_18 "VMC-18" Warn Lint by "standards::bimi::mark_certificate"
        "The pilot extension is absent since 2025-03-15"
        why "It marks certificates of the trial time."
        fix "ask the issuer for a current certificate"
        source "MCR §7.1.2.7";
    VMC_19 "VMC-19" Warn Lint by "standards::bimi::mark_certificate"
        "The leaf lives at most 825 days and has a strong key"
        why "Issuers may not go beyond; receivers may refuse it."
        fix "ask the issuer for a current certificate"
        source "MCR §6.3.2, §6.1.5";
    VMC_20 "VMC-20" Warn Lint by "standards::bimi::mark_certificate"
        "A common mark certificate is used knowingly"
        why "Gmail shows its logo without the check mark, and Apple shows none."
        fix "register the mark for a verified mark certificate"
        source "vendors' documentation";
    VMC_21 "VMC-21" Error Live by "verify"
        "The served certificate is the planned file, byte for byte"
        why "An old copy may vouch for another logo."
        fix "invalidate the cache, or deploy again"
        source "operational";
    VMC_22 "VMC-22" Error Order by "standards::bimi::mark_certificate (as VMC-08)"
        "A new logo comes with its new certificate, never alone"
        why "Between the two changes logo and certificate differ, and receivers show none."
        fix "change both in one apply, under new URLs"
        source "VMC fetch §5.3";
}
