//! Rules of the plan: what makes it stop before it touches anything.

super::rules! {
    "PLAN-01" Error Lookup by "kinds"
        "No value that is not ours conflicts with one that is wanted"
        why "Replacing it could stop mail that somebody else set up."
        mend "remove the other value, or set `adopt` to take it over"
        source "DESIGN: owned per value";
    "PLAN-02" Error Lookup by "plan"
        "A resource of the wanted name is ours or is not there"
        why "Changing what somebody else made would break what they use it for."
        mend "choose another name, or take it over with `deploy adopt`"
        source "DESIGN: promises";
    "PLAN-03" Error Lookup by "engine"
        "The session is in the account that manifest and ledger name"
        why "A change in another account lands in the wrong hands, and nothing here would undo it."
        mend "use credentials of the declared account, or correct its id"
        source "DESIGN: promises";
    "PLAN-04" Error Lookup by "plan"
        "Everything that the plan decides on could be observed"
        why "What was not seen may be there: a plan made blind could make it twice or delete it."
        mend "grant the permission or mend what failed, and plan again"
        source "DESIGN: kinds";
    "PLAN-05" Error Lookup by "cli"
        "The world is as it was when the plan was saved"
        why "A saved plan applies exactly or not at all; what moved since was not agreed to."
        mend "plan again, and look at what changed"
        source "DESIGN: promises";
    "PLAN-06" Error Order by "engine::apply::ready::pass_gates"
        "An action that can stop mail or lose data has its risk accepted by name"
        why "Such an action is hard to take back."
        mend "check the reason, then pass `--accept-risk` with this rule's id"
        source "DESIGN: mail-safe order";
    "PLAN-07" Error Lookup by "kinds"
        "A hosted zone that is to be found exists"
        why "Records can be published only in a zone that is there and delegated to."
        mend "create the zone, set `create: true` to let deploy create it, or correct the account"
        source "DESIGN: kinds";
    "PLAN-08" Error Order by "plan"
        "What needs each other can be put in an order"
        why "Without an order nothing can be applied; this is a fault of deploy, not of the manifest."
        mend "report it with the manifest that shows it"
        source "DESIGN: flow";
    "PLAN-09" Error Lookup by "doctor"
        "A name is hosted by nobody else"
        why "CloudFront gives an alternate domain name to one distribution in all of AWS."
        mend "remove the name from the other distribution first"
        source "DESIGN: kinds";
}
