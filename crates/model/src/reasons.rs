//! The reasons of actions that say no more than the action's sign does: the planner gives them, and a
//! short plan leaves them out.

/// The resource is not there.
pub const NOT_THERE: &str = "declared, but does not exist";

/// A record set has values of others, and ours come beside them.
pub const BESIDE_OTHERS: &str = "declared; values of others stay beside it";

/// The manifest asks for something else.
pub const DIFFERS: &str = "differs from the manifest";

/// Everything that is asked for was there before.
pub const ALREADY_THERE: &str = "is already there";

/// The manifest does not ask for it any more.
pub const NO_LONGER_DECLARED: &str = "no longer declared";

/// It goes with the resource that holds it, which goes in the same plan.
pub const GOES_ALONG: &str = "goes with what holds it";

/// All of them.
pub const USUAL: [&str; 6] = [
    NOT_THERE,
    BESIDE_OTHERS,
    DIFFERS,
    ALREADY_THERE,
    NO_LONGER_DECLARED,
    GOES_ALONG,
];
