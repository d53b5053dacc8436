//! Moving an alternate domain name from one distribution to another.

use jiff::Timestamp;

use super::config::{Asker, under};
use super::distribution::Distribution;
use super::error;
use super::owned::Owned;
use super::xml::Element;
use crate::cloudfront::Environment;
use crate::dns::Lookup;
use crate::service::ServiceError;

/// Moves an alias to an account's distribution (`AssociateAlias`). That the caller may have it is
/// shown by a TXT record `_<alias>` that names the distribution.
pub(super) fn associate(
    world: &mut dyn Environment,
    owned: Owned<'_>,
    alias: &str,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let target = world.cloudfront().distribution(owned)?;
    if target
        .aliases()
        .any(|held| held.eq_ignore_ascii_case(alias))
    {
        return Ok(());
    }
    let holder = world.cloudfront().all().find(|other| {
        other.id != owned.id && other.aliases().any(|held| held.eq_ignore_ascii_case(alias))
    });
    let holder = holder.map(|other| (other.account.clone(), other.id.clone()));
    let source = holder.as_ref().map(|(account, id)| Owned { account, id });
    if !names_target(world, alias, &target.domain_name, now) {
        return Err(error::illegal_update(
            "The alias that you specified has no DNS TXT record that associates it with the target distribution.",
        ));
    }
    let mut config = target.config.clone();
    add(&mut config, alias);
    if let Some(source) = source {
        let is_abroad = source.account != owned.account;
        let source = world.cloudfront().distribution(source)?;
        if is_abroad && source.config.is_true("Enabled") {
            return Err(error::illegal_update(
                "The source distribution must be disabled before its alias can be moved to another account.",
            ));
        }
    }
    super::certificate::check(
        world,
        &Asker {
            account: owned.account,
            id: Some(owned.id),
            now,
        },
        &config,
    )?;
    let delay = world.delays().cloudfront_deploy;
    if let Some(source) = source {
        let source = world.cloudfront_mut().distribution_mut(source)?;
        let mut left = source.config.clone();
        remove(&mut left, alias);
        source.roll_out(left, now, delay);
    }
    world
        .cloudfront_mut()
        .distribution_mut(owned)?
        .roll_out(config, now, delay);
    Ok(())
}

fn names_target(world: &dyn Environment, alias: &str, domain_name: &str, now: Timestamp) -> bool {
    let asked = format!("_{}", alias.trim_start_matches("*."));
    match world.resolve(&asked, "TXT", now) {
        Lookup::Found { records, .. } => records.iter().any(|record| {
            record
                .value
                .trim_matches('"')
                .eq_ignore_ascii_case(domain_name)
        }),
        _ => false,
    }
}

fn add(config: &mut Element, alias: &str) {
    let mut items = config.items("Aliases").to_vec();
    items.push(Element::leaf("CNAME", alias));
    config.set(list(items));
}

fn remove(config: &mut Element, alias: &str) {
    let mut items = config.items("Aliases").to_vec();
    items.retain(|held| !held.text.eq_ignore_ascii_case(alias));
    config.set(list(items));
}

fn list(items: Vec<Element>) -> Element {
    let mut list = Element::node("Aliases", vec![Element::leaf("Quantity", items.len())]);
    if !items.is_empty() {
        list.children.push(Element::node("Items", items));
    }
    list
}

/// The aliases of others that stand in the way of one (`ListConflictingAliases`): the alias, the
/// distribution, the account; ids of other accounts half hidden.
pub(super) fn conflicting(
    world: &dyn Environment,
    owned: Owned<'_>,
    alias: &str,
) -> Result<Vec<Element>, ServiceError> {
    world.cloudfront().distribution(owned)?;
    let conflicts = |other: &Distribution| -> Vec<Element> {
        other
            .aliases()
            .filter(|held| {
                held.eq_ignore_ascii_case(alias) || under(held, alias) || under(alias, held)
            })
            .map(|held| {
                let own = other.account == owned.account;
                let shown = |text: &str| if own { text.to_owned() } else { hide(text) };
                Element::node(
                    "ConflictingAlias",
                    vec![
                        Element::leaf("Alias", held),
                        Element::leaf("DistributionId", shown(&other.id)),
                        Element::leaf("AccountId", shown(&other.account)),
                    ],
                )
            })
            .collect()
    };
    Ok(world
        .cloudfront()
        .all()
        .filter(|other| other.id != owned.id)
        .flat_map(conflicts)
        .collect())
}

/// All but the last six characters become stars.
fn hide(text: &str) -> String {
    let hidden = text.len().saturating_sub(6);
    format!("{}{}", "*".repeat(hidden), &text[hidden..])
}
