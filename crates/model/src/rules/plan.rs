//! Rules of the plan: what makes it stop before it touches anything.

standards::rules! {
    PLAN_01 "PLAN-01" Error Lookup by "kinds"
        "No value that is not ours conflicts with one that is wanted"
        why "Replacing it could stop mail that somebody else set up."
        fix "remove the other value, or set `adopt` to take it over"
        source "ARCHITECTURE.md, \"What holds everywhere\"";
    PLAN_02 "PLAN-02" Error Lookup by "plan"
        "A resource of the wanted name is ours or is not there"
        why "Changing what somebody else made would break what they use it for."
        fix "choose another name, or take it over with `deploy adopt`"
        source "ARCHITECTURE.md, \"What holds everywhere\"";
    PLAN_03 "PLAN-03" Error Lookup by "engine"
        "The session is in the account that manifest and ledger name"
        why "A change in another account lands in the wrong hands, and nothing here would undo it."
        fix "use credentials of the declared account, or correct its id"
        source "ARCHITECTURE.md, \"What holds everywhere\"";
    PLAN_04 "PLAN-04" Error Lookup by "plan"
        "Everything that the plan decides on could be observed"
        why "What was not seen may be there: a plan made blind could make it twice or delete it."
        fix "do what the reason asks for, and plan again; `deploy iam` prints what a role has to be allowed"
        source "ARCHITECTURE.md, \"What holds everywhere\"";
    PLAN_05 "PLAN-05" Error Lookup by "cli"
        "The world is as it was when the plan was saved"
        why "A saved plan applies exactly or not at all; what moved since was not agreed to."
        fix "plan again, and look at what changed"
        source "ARCHITECTURE.md, \"What holds everywhere\"";
    PLAN_06 "PLAN-06" Error Order by "engine::apply::ready::pass_preconditions"
        "An action that can stop mail or lose data has its risk accepted by name"
        why "Such an action is hard to take back."
        fix "check the reason, then pass `--accept-risk` with this rule's id"
        source "ARCHITECTURE.md, \"What holds everywhere\"";
    PLAN_07 "PLAN-07" Error Lookup by "kinds"
        "A hosted zone that is to be found exists"
        why "Records can be published only in a zone that is there and delegated to."
        fix "create the zone, set `create: true` to let deploy create it, or correct the account"
        source "ARCHITECTURE.md, \"What holds everywhere\"";
    PLAN_08 "PLAN-08" Error Order by "plan"
        "What needs each other can be put in an order"
        why "Without an order nothing can be applied; this is a fault of deploy, not of the manifest."
        fix "report it with the manifest that shows it"
        source "ARCHITECTURE.md, \"What holds everywhere\"";
    PLAN_09 "PLAN-09" Error Lookup by "doctor"
        "A name is hosted by nobody else"
        why "CloudFront gives an alternate domain name to one distribution in all of AWS."
        fix "remove the name from the other distribution first"
        source "ARCHITECTURE.md, \"What holds everywhere\"";
    PLAN_10 "PLAN-10" Error Lookup by "kinds"
        "What is written into a hosted zone is seen, and takes nothing from it"
        why "A record below a delegation is seen by nobody, and one in the place of a delegation or of a routing policy takes more away than it brings."
        fix "remove what is in the way yourself, or name the hosted zone that is delegated to: `dns: { route53: { account: …, zone: Z… } }`"
        source "RFC 1034 section 4.2.1";
    PLAN_11 "PLAN-11" Error Lookup by "kinds"
        "It is clear which hosted zone is meant"
        why "Route 53 lets several public zones have one name, and only one of them is delegated to: records in another are seen by nobody."
        fix "name the one whose name servers `dig NS` answers: `dns: { route53: { account: …, zone: Z… } }`"
        source "Route 53 Developer Guide: hosted zones of one name";
    PLAN_12 "PLAN-12" Error Lookup by "kinds"
        "A certificate that the manifest names is issued, in us-east-1, for every host"
        why "CloudFront takes no other, and a host without a certificate answers nobody: no logo, and no MTA-STS policy."
        fix "name a certificate that is, or leave `certificate` out to let deploy request one"
        source "CloudFront Developer Guide: requirements for using SSL/TLS certificates";
    PLAN_13 "PLAN-13" Error Order by "engine::preconditions::not_read"
        "A hosted zone is emptied only when the world no longer reads it"
        why "Mail is sent to what the delegated zone says. Records that are deleted there while the domain's delegation, or a resolver's memory of it, still leads there are missing for everybody."
        fix "let the parent zone, or the registrar, name the servers of the new zone, and apply again when resolvers have forgotten the old ones"
        source "RFC 1034 section 4.2.1; RFC 2181 section 5.4.1";
    PLAN_14 "PLAN-14" Error Lookup by "plan"
        "Nothing in DNS leads to what is deleted, or no longer answers for the name"
        why "A name that leads to a distribution that is gone, or that has let the name go, can be taken over: whoever next makes a distribution for it answers in its place."
        fix "remove the record, or let it lead elsewhere, and run again; if it is the host of an MTA-STS policy, remove `_mta-sts` first"
        source "CloudFront Developer Guide: prevent subdomain takeovers";
    PLAN_15 "PLAN-15" Error Lookup by "plan"
        "A resource belongs to one project"
        why "Two projects that hold one resource take it from each other: the destroy of one deletes what the other uses."
        fix "let one project have it: take the domain, or the instance, out of the other project's manifest and apply that first"
        source "ARCHITECTURE.md, \"What holds everywhere\"";
    PLAN_16 "PLAN-16" Error Order by "plan"
        "A plan takes nothing of mail from more than three domains and a tenth of the project"
        why "A slip in `defaults` reaches every domain at once, and mail that is lost in all of them is not soon put right."
        fix "look at what they lose; try it with `--canary 1`, or accept it with `--accept-risk PLAN-16`"
        source "ARCHITECTURE.md, \"What holds everywhere\"";
    PLAN_17 "PLAN-17" Error Order by "plan"
        "Nothing of a protected domain is replaced or destroyed"
        why "Somebody said in the manifest that this domain must not be lost by a slip."
        fix "take `protect: true` out first, in a change of its own"
        source "ARCHITECTURE.md, \"What holds everywhere\"";
    PLAN_20 "PLAN-20" Error Lookup by "kinds"
        "Nothing of others goes with what is deleted"
        why "S3 deletes only an empty bucket, so what others put into it would be deleted too, in every version."
        fix "move what is theirs to another place, or accept the loss with `--accept-risk PLAN-20`"
        source "S3 User Guide: deleting a bucket";
    PLAN_21 "PLAN-21" Error Lookup by "kinds"
        "Nothing is planned that AWS refuses as it stands"
        why "AWS would refuse it in the middle of the run, after everything before it was done."
        fix "change what the reason names, and plan again"
        source "terraform-provider-aws, internal/service: what its users met";
    PLAN_22 "PLAN-22" Error Lookup by "plan"
        "What is adopted carries no tag of a CloudFormation stack"
        why "A stack that still has it goes on managing it: the next deployment of the stack puts back what deploy changed, and its removal deletes what mail uses."
        fix "if the stack still has it, give it `DeletionPolicy: Retain` in the stack (`RemovalPolicy.RETAIN` in the CDK), deploy that, and take it out of the stack; its tags stay, so then accept it with `--accept-risk PLAN-22`"
        source "CloudFormation User Guide: resource tags, DeletionPolicy attribute";
    PLAN_23 "PLAN-23" Error Order by "reconcile::elsewhere"
        "What a domain depends on in another shard is on record there"
        why "A shard brings nothing about in the others: what depends on that would be published before it works."
        fix "apply the other shard, and then run this again"
        source "ARCHITECTURE.md, \"What holds everywhere\"";
    PLAN_24 "PLAN-24" Error Order by "plan::remove"
        "What an interrupted run may have made is given up only when AWS would show it"
        why "AWS does not know a new bucket everywhere at once: one that is forgotten because it was not seen stays for ever, and costs."
        fix "run this again some minutes later"
        source "terraform-provider-aws, internal/service/s3: what its users met";
    PLAN_25 "PLAN-25" Error Order by "plan::moves"
        "The DNS of a domain moves by itself, and not together with what its records lead to"
        why "Until the delegation has moved, and resolvers have forgotten the former servers, part of the world reads the old records, which know only what goes, and part the new ones, which know only what comes: mail through either is refused by somebody."
        fix "let the DNS move first, with everything else as it is; when it has moved, apply the rest. Or accept that mail of the domain may stop meanwhile with `--accept-risk PLAN-25`"
        source "RFC 1034 section 4.2.1; RFC 2181 section 5.4.1";
    PLAN_26 "PLAN-26" Error Order by "plan::stages"
        "A name moves to another account without a moment in which nobody answers for it"
        why "CloudFront gives a name to one distribution in all of AWS, and carries a change to its edges for minutes. Between the account that lets a name go and the one that takes it, senders that ask for the MTA-STS policy get no answer, unless the other one has a wildcard over the name."
        fix "leave `certificate` out until the move is done, so that deploy can request one for the wildcard; move domains whose hosts share a parent one after the other, with `--target`; let an earlier move come to its end first. Or accept the minutes with `--accept-risk PLAN-26`"
        source "CloudFront Developer Guide: use a wildcard to move an alternate domain name";
}
