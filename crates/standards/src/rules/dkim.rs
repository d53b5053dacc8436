//! Rules of DKIM keys.

crate::rules! {
    DKIM_01 "DKIM-01" Error Lint lib "standards::dkim"
        "The key is at `SELECTOR._domainkey` under the domain"
        why "Verifiers ask for that name only; the signature then has no key."
        fix "publish the key at the selector's name"
        source "RFC 6376 §3.1, §3.6.2.1";
    DKIM_02 "DKIM-02" Error Lookup | Live by "standards::dkim"
        "One TXT record holds the key"
        why "With several it is undefined which one a verifier takes."
        fix "remove all but one"
        source "RFC 6376 §3.6.2.2";
    DKIM_03 "DKIM-03" Error Lint by "standards::dkim"
        "`v=`, if present, comes first and is `DKIM1`"
        why "Verifiers discard the key otherwise."
        fix "start the record with `v=DKIM1;`"
        source "RFC 6376 §3.6.1";
    DKIM_04 "DKIM-04" Error Lint by "standards::dkim"
        "`p=` holds the key in base64; it is empty only to revoke the key"
        why "Without a readable key every signature of the selector fails."
        fix "paste the whole public key, without line breaks or quotes"
        source "RFC 6376 §3.6.1";
    DKIM_05 "DKIM-05" Error Lint by "standards::dkim"
        "`k=` is rsa or ed25519"
        why "Verifiers ignore a key of a type they do not know."
        fix "use `k=rsa` or `k=ed25519`"
        source "RFC 6376 §3.6.1; RFC 8463 §4.2";
    DKIM_06 "DKIM-06" Error Lint by "standards::dkim"
        "An RSA key has at least 1024 bits"
        why "Verifiers must not accept a signature by a shorter key."
        fix "make a new key of 2048 bits"
        source "RFC 8301 §3.2";
    DKIM_07 "DKIM-07" Warn Lint by "standards::dkim"
        "An RSA key has 2048 to 4096 bits"
        why "Shorter keys are within reach of attackers; longer ones need not be understood by verifiers."
        fix "make a new key of 2048 bits"
        source "RFC 8301 §3.2";
    DKIM_08 "DKIM-08" Error Lint by "standards::dkim"
        "An RSA `p=` decodes to a public key"
        why "Verifiers cannot use it, and every signature of the selector fails."
        fix "publish the SubjectPublicKeyInfo of the key in base64"
        source "RFC 6376 §3.6.1";
    DKIM_09 "DKIM-09" Error Lint by "standards::dkim"
        "An Ed25519 `p=` decodes to 32 octets"
        why "The record holds the bare key, not a wrapped one; verifiers refuse another length."
        fix "publish the 32 octets of the key, 44 characters of base64"
        source "RFC 8463 §4.2";
    DKIM_10 "DKIM-10" Error Lint by "standards::dkim"
        "`h=`, if present, includes sha256"
        why "SHA-1 is withdrawn: a key for SHA-1 alone verifies nothing."
        fix "remove `h=`, or add sha256"
        source "RFC 6376 §3.6.1; RFC 8301 §3.1";
    DKIM_11 "DKIM-11" Error Lint by "standards::dkim"
        "`s=`, if present, includes `*` or `email`"
        why "A key for other services does not verify mail."
        fix "remove `s=`"
        source "RFC 6376 §3.6.1; RFC 8460 §3";
    DKIM_12 "DKIM-12" Warn Lint by "standards::dkim"
        "`t=y` is not left in production"
        why "Verifiers may treat the mail as unsigned."
        fix "remove `y` from `t=`"
        source "RFC 6376 §3.6.1";
    DKIM_13 "DKIM-13" Error Lint lib "standards::dkim"
        "`t=s` is not used where the signer's identity is in a subdomain"
        why "Such signatures fail."
        fix "remove `s` from `t=`, or sign with the same domain in i= and d="
        source "RFC 6376 §3.6.1";
    DKIM_14 "DKIM-14" Error Lint by "standards::dkim"
        "No tag appears twice"
        why "A repeated tag makes the whole record invalid."
        fix "keep one of them"
        source "RFC 6376 §3.2";
    DKIM_15 "DKIM-15" Error Lint lib "standards::dkim"
        "The published key belongs to the private key that signs"
        why "Otherwise every signature fails."
        fix "publish the public half of the key that SES was given"
        source "SES API: PutEmailIdentityDkimSigningAttributes";
    DKIM_16 "DKIM-16" Error Order not "SES rotates the keys of Easy DKIM behind the same names; of a key of yours the old record goes in the same apply as the switch, unless `beside` keeps it for those days"
        "A key is published before it signs, and stays for a week after it last signed"
        why "Mail in queues and mailboxes is still verified with the old key."
        fix "publish the new selector, switch, wait seven days, then revoke the old one"
        source "RFC 6376 §3.1, §6";
    DKIM_17 "DKIM-17" Warn Lint lib "standards::dkim"
        "Mail is not signed with Ed25519 alone"
        why "Many receivers still cannot verify it, and see unsigned mail."
        fix "sign with an RSA key as well"
        source "RFC 8463 §6";
    DKIM_18 "DKIM-18" Warn Lookup by "standards::dkim"
        "No wildcard answers under `_domainkey`"
        why "Verifiers get a text that is no key, in place of no answer."
        fix "remove the wildcard"
        source "RFC 6376 §6.1.2";
    DKIM_19 "DKIM-19" Info Lookup by "verify::checks::dkim::check"
        "Only known selectors are judged"
        why "DNS cannot list the selectors of a domain, so that a missing key proves nothing."
        fix "name the selectors in the manifest"
        source "RFC 6376 §3.1";
}
