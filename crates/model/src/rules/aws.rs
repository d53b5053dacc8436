//! Rules of the AWS accounts: what can be known to fail before anything is tried.

standards::rules! {
    AWS_01 "AWS-01" Warn Lookup by "doctor"
        "The clock of this machine agrees with AWS's"
        why "AWS refuses signatures that are more than five minutes off, and what is out of date is judged by this clock."
        fix "let the machine keep its clock by NTP: `timedatectl set-ntp true` on Linux"
        source "IAM User Guide: Signature Version 4";
    AWS_02 "AWS-02" Error Lookup by "doctor"
        "The credentials may do what the manifest needs"
        why "A call that AWS refuses half-way leaves an apply incomplete."
        fix "allow the actions: `deploy iam` prints the policy of each account"
        source "ARCHITECTURE.md, \"What holds everywhere\"";
    AWS_03 "AWS-03" Warn Lookup by "doctor"
        "AWS's quotas leave room for what the manifest needs"
        why "AWS refuses what is beyond a quota, after everything before it was made."
        fix "remove what is not used any more, or ask for more in the console of Service Quotas"
        source "AWS service quotas";
}
