//! Rules of Amazon SES.

crate::rules! {
    SES_01 "SES-01" Error Lint by "manifest::check"
        "A domain is declared once for an account and region"
        why "SES has one identity of a name there; a second declaration could only fight with the first."
        fix "merge the two instances"
        source "SES v2: CreateEmailIdentity";
    SES_02 "SES-02" Error Lookup by "plan::decide (as PLAN-02)"
        "An identity that was there before is adopted, never made again"
        why "Deleting it gives new DKIM tokens and loses rules and policies: mail goes unsigned."
        fix "run `deploy adopt`, or set `adopt` on the instance"
        source "SES v2: CreateEmailIdentity";
    SES_03 "SES-03" Error Lookup by "kinds"
        "DKIM CNAMEs point into the signing zone that SES names"
        why "In newer regions the zone is not dkim.amazonses.com, and a CNAME to it never verifies."
        fix "take `SigningHostedZone` from the identity"
        source "SES v2: DkimAttributes";
    SES_04 "SES-04" Error Lint lib "standards::ses"
        "Without that field, the zone is taken from the table of regions"
        why "A wrong zone leaves the identity pending for ever."
        fix "this is a rule for the program itself: report it as a fault"
        source "AWS General Reference: SES DKIM domains";
    SES_05 "SES-05" Error Lint lib "standards::ses"
        "An Easy DKIM identity has exactly its three CNAMEs"
        why "SES verifies, and later rotates, all three."
        fix "publish the three names as SES returned them"
        source "SES: Easy DKIM";
    SES_06 "SES-06" Error Lint lib "standards::ses"
        "DKIM CNAMEs of every account and region stand side by side"
        why "Tokens differ by account and region; removing another's leaves its mail unsigned."
        fix "remove only the CNAMEs of the instance that goes"
        source "SES: regions; AWS multi-account guidance";
    SES_07 "SES-07" Error Lint by "manifest::check"
        "An own DKIM key is RSA of 1024 or 2048 bits, and a selector has one key"
        why "SES refuses other keys; two keys under one selector make signatures fail."
        fix "use a 2048-bit key, and a selector of its own for each key"
        source "SES v2: PutEmailIdentityDkimSigningAttributes";
    SES_08 "SES-08" Error Lint by "manifest::check"
        "A replica of an Easy DKIM identity names its parent's region, when it is made"
        why "SES takes the parent only at creation, and only from another region."
        fix "give a parent in another region of the same account"
        source "SES v2: CreateEmailIdentity";
    SES_09 "SES-09" Error Lookup by "manifest::check"
        "A replica's parent is there, with Easy DKIM, and is not itself a replica"
        why "Otherwise the replica never verifies."
        fix "create the parent first, with Easy DKIM"
        source "SES: Deterministic Easy DKIM";
    SES_10 "SES-10" Error Order by "blueprint::sending"
        "A parent identity is made before its replicas and removed after them"
        why "SES refuses the other order."
        fix "let the plan order it"
        source "SES: Deterministic Easy DKIM";
    SES_11 "SES-11" Error Lookup by "doctor (as AWS-02)"
        "The caller may replicate the parent's signing key"
        why "Without the permission the replica fails; across accounts it is not documented."
        fix "allow `ses:ReplicateEmailIdentityDkimSigningKey` on the parent"
        source "SES: Deterministic Easy DKIM; service authorization reference";
    SES_12 "SES-12" Error Lint by "manifest::check"
        "MAIL FROM is a subdomain of the identity that neither sends as From nor receives"
        why "SES refuses others, and its MX there would swallow the mail."
        fix "use a subdomain for nothing else, like `mail1`"
        source "SES: custom MAIL FROM";
    SES_13 "SES-13" Error Lookup | Live by "verify"
        "The MAIL FROM name has one MX: SES's feedback host of the region"
        why "With several the set-up fails and bounces are lost."
        fix "keep `10 feedback-smtp.REGION.amazonses.com` alone"
        source "SES: custom MAIL FROM";
    SES_14 "SES-14" Error Live by "verify"
        "The MAIL FROM name has SPF with `include:amazonses.com`"
        why "Without it SES mail fails SPF."
        fix "publish `v=spf1 include:amazonses.com ~all` at the name"
        source "SES: custom MAIL FROM";
    SES_15 "SES-15" Warn Lint by "manifest::check"
        "Two regions do not share a MAIL FROM name"
        why "The name takes one MX only, of one region; with two the set-up fails in both."
        fix "give each region its own MAIL FROM name"
        source "SES: regions";
    SES_16 "SES-16" Info Lint by "manifest::lint"
        "Two accounts in one region may share a MAIL FROM name"
        why "MX and SPF are the same for both."
        fix "nothing is needed"
        source "SES: regions";
    SES_17 "SES-17" Warn Lint by "manifest::lint"
        "A failing MAIL FROM is dealt with knowingly"
        why "The default goes on without SPF alignment; rejecting blocks mail until the MAIL FROM is verified."
        fix "start with the default, and reject only after it verified"
        source "SES v2: PutEmailIdentityMailFromAttributes";
    SES_18 "SES-18" Error Lint by "manifest::lint"
        "Strict SPF alignment is not combined with a custom MAIL FROM"
        why "A MAIL FROM of SES is a subdomain, so that it never aligns strictly."
        fix "use `aspf=r`"
        source "RFC 9989 §4.4.2";
    SES_19 "SES-19" Warn Lint by "manifest::lint"
        "A sending identity has a custom MAIL FROM"
        why "With amazonses.com as envelope sender DMARC rests on DKIM alone."
        fix "set `mail_from`"
        source "SES: custom MAIL FROM";
    SES_20 "SES-20" Warn Lint by "manifest::lint"
        "The apex SPF does not include amazonses.com beside a custom MAIL FROM"
        why "Receivers look at the MAIL FROM name; the include at the apex costs a look-up for nothing."
        fix "remove the include from the apex"
        source "SES: custom MAIL FROM";
    SES_21 "SES-21" Error Lookup by "verify"
        "`_amazonses` holds the tokens of every account and region"
        why "Overwriting the set takes the verification of another instance away."
        fix "add the token to the set, and keep the others"
        source "SES: troubleshooting domain verification";
    SES_22 "SES-22" Info Lint by "manifest::lint"
        "The `_amazonses` token is legacy: DKIM verifies the domain"
        why "SES v2 needs no token; it is kept for those who ask for it."
        fix "leave `domain_token` out"
        source "SES v1: VerifyDomainIdentity";
    SES_23 "SES-23" Error Live by "verify"
        "Identity, DKIM and MAIL FROM reach SUCCESS within 72 hours"
        why "Afterwards SES gives up, and verification must be started again."
        fix "compare the records with what SES wants, then start again"
        source "SES v2: GetEmailIdentity";
    SES_24 "SES-24" Warn Live by "aws::quotas::LIMITS"
        "SES is asked within one call a second"
        why "More is throttled."
        fix "this is a rule for the program itself: report it as a fault"
        source "SES quotas";
    SES_25 "SES-25" Error Lookup by "kinds::ses_account"
        "The region has production access"
        why "In the SES sandbox mail goes to verified recipients only, 200 a day."
        fix "request production access for the region"
        source "SES v2: GetAccount; SES: regions";
    SES_26 "SES-26" Error Lookup by "kinds::ses_account"
        "The account may send"
        why "Under probation or shutdown SES limits or refuses mail."
        fix "look at the account's reputation page and answer AWS"
        source "SES v2: GetAccount";
    SES_27 "SES-27" Error Lint lib "standards::ses"
        "An identity policy fits SES's limits, and its identity is verified"
        why "SES refuses a name or a size beyond them."
        fix "shorten the policy, at most 4 KB, and name it in letters, digits, - and _"
        source "SES v2: CreateEmailIdentityPolicy";
    SES_28 "SES-28" Warn Lint lib "standards::ses"
        "An identity policy names who may send, and as whom"
        why "A principal of `*` without conditions lets any AWS account send in your name."
        fix "name the principals, and add a condition on `ses:FromAddress`"
        source "SES: identity authorization policies";
    SES_29 "SES-29" Warn Lint lib "standards::ses"
        "A sender in another account has event destinations of its own"
        why "Bounces of its mail are reported in its account, not in the identity's."
        fix "give the sender's configuration set its destinations"
        source "SES: sending authorization";
    SES_30 "SES-30" Error Lint lib "standards::ses"
        "An identity's default configuration set is in its account and region"
        why "SES refuses mail with a configuration set that is not there."
        fix "declare the set for the same instance"
        source "SES v2: CreateEmailIdentity";
    SES_31 "SES-31" Warn Lint by "manifest::lint"
        "TLS is required only knowingly"
        why "REQUIRE drops mail to hosts without TLS; OPTIONAL may send in the clear."
        fix "choose the policy, and accept this finding with a reason"
        source "SES v2: DeliveryOptions";
    SES_32 "SES-32" Error Lint by "manifest::check"
        "`MaxDeliverySeconds` is 300 to 50400"
        why "SES refuses another value."
        fix "choose a value in the range"
        source "SES v2: DeliveryOptions";
    SES_33 "SES-33" Error Lookup | Live by "verify"
        "A tracking domain is verified and leads to the region's tracking host"
        why "Links in mail break otherwise; HTTPS needs a certificate in front."
        fix "publish the CNAME, and put a distribution with a certificate in front for HTTPS"
        source "SES v2: TrackingOptions";
    SES_34 "SES-34" Error Lint lib "standards::ses"
        "A global endpoint has one other region, prepared like the first"
        why "Half of the mail fails when identity or configuration set is missing in one of the two."
        fix "declare the instance in both regions under the same names"
        source "SES v2: CreateMultiRegionEndpoint";
    SES_35 "SES-35" Warn Lint lib "standards::ses"
        "The regions of a global endpoint sign with the same key"
        why "Otherwise each signs with its own selectors: valid, and twice the records."
        fix "make one a replica of the other"
        source "SES: global endpoints";
    SES_36 "SES-36" Warn Lint lib "standards::ses"
        "Dependent resources name identities and sets that exist"
        why "SES refuses or ignores the association."
        fix "declare what is named"
        source "SES v2: tenants";
    SES_37 "SES-37" Error Order by "model"
        "Senders stop before their records go"
        why "SES reports failure when the records are gone, and may refuse mail that is still being sent."
        fix "stop sending, disable MAIL FROM, delete the identity, then remove the records"
        source "SES: deleting an identity";
    SES_38 "SES-38" Warn Lint by "manifest::lint"
        "Easy DKIM uses 2048 bits, and its length changes at most once a day"
        why "1024 bits are within reach of attackers; SES refuses a second change within a day."
        fix "use RSA_2048_BIT"
        source "SES v2: PutEmailIdentityDkimSigningAttributes";
    SES_39 "SES-39" Error Lookup by "manifest::lint::online"
        "Host names follow the partition of the region"
        why "GovCloud and the European Sovereign Cloud have other suffixes; a guessed name never verifies."
        fix "take the names from the API"
        source "botocore endpoints";
    SES_40 "SES-40" Warn Lookup by "standards::ses"
        "A subdomain that sends has an identity of its own where alignment is strict"
        why "SES signs with the parent's domain otherwise, which strict alignment refuses."
        fix "create an identity for the subdomain, or use `adkim=r`"
        source "SES: creating identities";
}
