//! The kinds of lives that are known to fail today. Each is a line of `KNOWN` with its reason, and
//! goes with its fault.

use crate::life::Life;

/// Whether an id that is no longer given, and that a resolver still holds, has to have its policy.
/// Today a policy goes as soon as its id is out of the zone. A sender that then finds no policy
/// delivers as if there were none (RFC 8461, section 3.3), so that no mail is lost by it.
pub(crate) const HELD_IDS: bool = false;

/// A kind of life that is left out.
struct Known {
    /// The word that `--with` takes.
    name: &'static str,
    /// Why its lives fail.
    reason: &'static str,
    /// Takes it out of a life.
    without: fn(&mut Life),
}

/// The kinds that are left out: none today.
const KNOWN: &[Known] = &[];

/// A life without what is known to fail, but for the kinds of these names.
pub fn without(mut life: Life, kept: &[String]) -> Life {
    for known in KNOWN
        .iter()
        .filter(|known| !kept.iter().any(|name| name == known.name))
    {
        (known.without)(&mut life);
    }
    life
}

/// The known kinds that are left out, a line each: the name and the reason.
pub fn list() -> String {
    let lines = KNOWN
        .iter()
        .map(|known| format!("  {:<18} {}\n", known.name, known.reason));
    lines.collect()
}

/// Whether a kind of this name is left out.
pub fn is_known(name: &str) -> bool {
    KNOWN.iter().any(|known| known.name == name)
}
