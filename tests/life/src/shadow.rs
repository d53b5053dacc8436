//! Compares the world with its shadow: what it would be if the program had never been there.

use std::collections::BTreeSet;

use sandbox::world::World;

use crate::kept;
use crate::program::Left;
use crate::setup::{DNS_ACCOUNTS, NAMES, PARKED};
use crate::world::{ZoneAt, is_single, plain, sets, without_spf, zone_id};

/// The first difference, without the record sets in `left` and the SPF records that others `replaced`.
pub(crate) fn difference(
    shadow: &World,
    mut world: World,
    left: &[Left],
    replaced: &BTreeSet<ZoneAt>,
) -> Option<String> {
    let mut shadow = shadow.clone();
    // The ledger stays.
    kept::take_out(&mut world);
    for ZoneAt { account, name } in replaced {
        for world in [&mut shadow, &mut world] {
            without_spf(world, *account, NAMES[*name]);
        }
    }
    for one in left {
        for world in [&mut shadow, &mut world] {
            take_out(world, one);
        }
    }
    crate::difference::first(&shadow.dump(), &world.dump())
}

/// The values of others that no longer stand where they stood. A manifest may take over a record of
/// which there is one at the names of `adopting`.
pub(crate) fn lost_values(
    shadow: &World,
    world: &World,
    adopting: &BTreeSet<usize>,
) -> Vec<String> {
    let mut gone = Vec::new();
    for (account, (id, _)) in DNS_ACCOUNTS.iter().enumerate() {
        for (position, name) in NAMES.iter().chain(&PARKED).enumerate() {
            let actual = sets(world, account, name);
            for set in sets(shadow, account, name) {
                let Some((_, values)) = plain(set) else {
                    continue;
                };
                let held = actual.iter().find(|one| one.key == set.key);
                let held = held.and_then(|one| plain(one)).map(|(_, values)| values);
                let lost = values
                    .iter()
                    .filter(|value| held.is_none_or(|held| !held.contains(value)))
                    .filter(|value| !(adopting.contains(&position) && is_single(value)));
                gone.extend(lost.map(|value| {
                    let key = &set.key;
                    format!("{} {} {value} in {id} is gone", key.name.plain(), key.rtype)
                }));
            }
        }
    }
    gone
}

/// Takes a record set out of its zone.
fn take_out(world: &mut World, left: &Left) {
    let account = left.account.as_deref();
    let account = DNS_ACCOUNTS
        .iter()
        .position(|(name, _)| Some(*name) == account);
    let zones = NAMES.iter().chain(&PARKED);
    let zones = zones.filter(|zone| {
        left.name == **zone
            || left
                .name
                .strip_suffix(**zone)
                .is_some_and(|rest| rest.ends_with('.'))
    });
    // The longest name is the zone that a record is in: one of the names is below another.
    let zone = zones.max_by_key(|zone| zone.len());
    let id = account
        .zip(zone)
        .and_then(|(account, zone)| zone_id(world, account, zone));
    if let Some(id) = id {
        let done = world.lose_records(&id, &left.name, &left.rtype);
        done.unwrap_or_else(|error| unreachable!("a name: {error}"));
    }
}
