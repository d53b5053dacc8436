//! Rules of the manifest itself.

standards::rules! {
    MAN_01 "MAN-01" Error Lint by "manifest"
        "The manifest is valid YAML"
        why "Nothing can be read past the mistake, so nothing is planned."
        fix "correct the line"
        source "YAML 1.2";
    MAN_02 "MAN-02" Error Lint by "manifest"
        "Every key is known"
        why "A misspelt key would be ignored, and its setting with it."
        fix "correct the key, or remove it"
        source "manifest reference";
    MAN_03 "MAN-03" Error Lint by "manifest"
        "A key appears once in its block"
        why "Of two values one would be lost without a word."
        fix "keep one of the two"
        source "YAML 1.2 §3.2.1.1";
    MAN_04 "MAN-04" Error Lint by "manifest"
        "Every value has the type and form that its key wants"
        why "A value that cannot be understood cannot be deployed."
        fix "give a value of the form that the message shows"
        source "manifest reference";
    MAN_05 "MAN-05" Error Lint by "manifest"
        "The manifest stays within its budget of size, depth and aliases"
        why "A few lines of nested aliases can grow beyond any memory."
        fix "write the values out, or split the manifest with `include`"
        source "manifest reference";
    MAN_06 "MAN-06" Error Lint by "manifest"
        "Files that the manifest names lie in its folder tree"
        why "A manifest from elsewhere must not publish files of the machine it runs on."
        fix "move the file under the manifest's project folder"
        source "manifest reference";
    MAN_07 "MAN-07" Error Lint by "manifest"
        "Files that the manifest names are there and readable"
        why "What cannot be read cannot be published."
        fix "correct the path, counted from the manifest's folder, or the file's permissions"
        source "manifest reference";
    MAN_08 "MAN-08" Error Lint by "manifest"
        "An account is named under `accounts`"
        why "A name without an account id leads nowhere."
        fix "add the account, or correct its name"
        source "manifest reference";
    MAN_09 "MAN-09" Error Lint by "manifest"
        "An account id is twelve digits"
        why "Another account would be meant, or none."
        fix "write the twelve digits that AWS shows, leading zeros included"
        source "AWS account management";
    MAN_10 "MAN-10" Error Lint by "manifest"
        "A region is one that AWS has for the service"
        why "Calls to a region that does not exist fail after everything before them was made."
        fix "correct the region's name"
        source "AWS General Reference";
    MAN_11 "MAN-11" Warn Lint by "manifest"
        "An `include` pattern matches at least one file"
        why "A pattern that matches nothing is mostly a wrong path, and its domains would be missing from the plan."
        fix "correct the pattern, or remove it"
        source "manifest reference";
    MAN_12 "MAN-12" Error Lint by "manifest"
        "A block that another block needs is there"
        why "A logo needs a host, and a host needs an account: without them the block cannot be deployed."
        fix "add the missing block"
        source "manifest reference";
    MAN_13 "MAN-13" Error Lint by "manifest"
        "A block has the keys that it cannot do without"
        why "What is missing cannot be guessed without a risk to mail."
        fix "add the key"
        source "manifest reference";
    MAN_14 "MAN-14" Error Lint by "manifest"
        "A block does not say one thing in two ways"
        why "Of two ways one would be ignored without a word."
        fix "keep one of them"
        source "manifest reference";
    MAN_15 "MAN-15" Error Lint by "manifest"
        "A domain is declared once, with its includes and as parked"
        why "Of two declarations one would be lost, or both would fight over the same records."
        fix "keep one of the two"
        source "manifest reference";
    MAN_16 "MAN-16" Error Lint by "manifest"
        "A parked domain has a place for its records"
        why "Nothing is published for a domain whose DNS is unknown."
        fix "add `dns` to `defaults`"
        source "manifest reference";
    MAN_17 "MAN-17" Error Lint by "manifest"
        "Names that are made for one block are not used by another"
        why "Two owners of one host name take it from each other at every run."
        fix "give one of them another name"
        source "manifest reference";
    MAN_18 "MAN-18" Error Lint by "manifest"
        "An ARN is of the account, region and service that use it"
        why "AWS refuses it after everything before it was made."
        fix "name a resource of the same account and region"
        source "AWS service references";
    MAN_19 "MAN-19" Error Lint by "manifest"
        "Only findings about mail can be accepted"
        why "A manifest that cannot be carried out does not become so by a reason."
        fix "fix the finding, and take it out of `accept`"
        source "manifest reference";
    MAN_20 "MAN-20" Error Lint by "manifest"
        "A name that is made at AWS is as short as AWS wants it"
        why "AWS refuses it after everything before it was made."
        fix "choose a shorter name"
        source "ACM User Guide: certificate characteristics; S3 and CloudFront API references";
    MAN_21 "MAN-21" Info Lint by "manifest"
        "Buckets that domains share save calls, and are shared in every mistake too"
        why "Each distribution of the account may read the files of all domains there, and whoever deletes or opens the bucket does so to all of them."
        fix "leave it if the domains belong together; otherwise name groups of them (`shared: NAME`), or take `shared` out"
        source "S3 User Guide: blocking public access; this program";
}
