//! Changes that other hands make. What is theirs is also put into the shadow: the world as it would be if the
//! program had never been there.

use jiff::Timestamp;
use sandbox::route53::record_set::RecordSet;
use sandbox::s3::{Bucket, Object, Version};
use sandbox::world::World;

use crate::kept;
use crate::life::Hand;
use crate::player::{Player, Routed};
use crate::setup::{Dns, NAMES, WEB_ACCOUNTS};
use crate::world::{RecordKey, ZoneAt, delegate, is_single, is_spf, plain, put, sets, zone_id};

/// The key of objects of others.
const OBJECT: &str = "others/report.txt";

/// The key and value of tags of others.
const TAG: (&str, &str) = ("somebody", "else");

/// Does it. What there is nothing for is left.
pub(crate) fn act(player: &mut Player, hand: &Hand) {
    let now = player.now();
    let sandbox = player.sandbox.clone();
    let mut world = sandbox.world();
    match *hand {
        Hand::AddText(name) => add_text(player, &mut world, name),
        Hand::AddName(name) => add_name(player, &mut world, name, now),
        Hand::DeleteSet(name, place) => delete_set(player, &mut world, name, place),
        Hand::ChangeTtl(name, place) => change_ttl(player, &mut world, name, place),
        Hand::ReplaceSpf(name) => replace_spf(player, &mut world, name),
        Hand::AddRouting(name, place) => add_routing(player, &mut world, name, place),
        Hand::DeleteIdentity(place) => {
            if let Some((place, name)) = pick(&world.ses.identities(), place) {
                world.ses.lose(&place, &name);
                player.only_on_record = true;
            }
        }
        Hand::StopSigning(place) => {
            if let Some((place, name)) = pick(&world.ses.identities(), place) {
                world.ses.switch_signing(&place, &name, false);
            }
        }
        Hand::DeleteObject(place) => delete_object(&mut world, place),
        Hand::PutObject(place) => put_object(player, &mut world, place),
        Hand::AddTag(place) => {
            let names: Vec<String> = buckets(&world).map(|(name, _)| name.clone()).collect();
            if let Some(name) = pick(&names, place)
                && let Some(bucket) = world.s3.buckets.get_mut(&name)
            {
                let tags = bucket.tags.get_or_insert_default();
                tags.insert(TAG.0.to_owned(), TAG.1.to_owned());
                player.tagged.insert(name, bucket.created);
            }
        }
        Hand::DisableDistribution(place) => {
            if let Some((id, _)) = pick(&distributions(&world), place) {
                world.cloudfront.disable(&id, now);
            }
        }
        Hand::DeleteDistribution(place) => {
            if let Some((_, alias)) = pick(&distributions(&world), place) {
                world.cloudfront.lose(&alias);
            }
        }
        Hand::ExpireCertificate(place) => expire_certificate(&mut world, place),
        Hand::MakeZoneAgain(name, account) => make_zone_again(player, &mut world, name, account),
        Hand::Delegate(name, to) => {
            delegate(&mut world, name, to, now);
            delegate(&mut player.shadow, name, to, now);
            player.authority.insert(name, to);
            player.strayed.insert(name);
        }
    }
    player.observe(&world, now);
}

fn delete_object(world: &mut World, place: usize) {
    let objects = buckets(world).flat_map(|(bucket, held)| {
        let keys = held.objects.keys().filter(|key| *key != OBJECT);
        keys.map(|key| (bucket.clone(), key.clone()))
    });
    let objects: Vec<_> = objects.collect();
    if let Some((bucket, key)) = pick(&objects, place) {
        let held = world.s3.buckets.get_mut(&bucket);
        held.and_then(|held| held.objects.remove(&key));
    }
}

fn expire_certificate(world: &mut World, place: usize) {
    let certificates = WEB_ACCOUNTS.iter().flat_map(|(_, account)| {
        let held = world.acm.list(&format!("{account}/us-east-1"));
        held.into_iter().map(|one| one.arn.clone())
    });
    let certificates: Vec<String> = certificates.collect();
    if let Some(arn) = pick(&certificates, place) {
        world.acm.expire(&arn);
    }
}

/// The distributions with names, by their ids and one of the names.
fn distributions(world: &World) -> Vec<(String, String)> {
    let all = world.cloudfront.all();
    let named = all.filter_map(|one| Some((one.id.clone(), one.aliases().next()?.to_owned())));
    named.collect()
}

/// Makes a zone again, in the world and in its shadow.
fn make_zone_again(player: &mut Player, world: &mut World, name: usize, account: usize) {
    let Some(old) = zone_id(world, account, NAMES[name]) else {
        return;
    };
    let Some(new) = world.make_zone_again(&old) else {
        return;
    };
    player.only_on_record = true;
    player.shadow.take_zone(world, &new, &old);
    if player.authority_of(name) == Dns::Account(account) {
        for world in [world, &mut player.shadow] {
            world.delegate_zone(&new, player.sandbox.clock().now());
        }
    }
    let is_gone = |zone: &ZoneAt| *zone == ZoneAt { account, name };
    player.routed.retain(|routed| !is_gone(&routed.zone));
    player.replaced.retain(|zone| !is_gone(zone));
}

/// The buckets in which others may do something: all but the ledger's.
fn buckets(world: &World) -> impl Iterator<Item = (&String, &Bucket)> {
    let buckets = world.s3.buckets.iter();
    buckets.filter(|(name, _)| !kept::is_it(name))
}

fn pick<T: Clone>(all: &[T], place: usize) -> Option<T> {
    (!all.is_empty()).then(|| all[place % all.len()].clone())
}

/// The set of texts at the apex of a zone.
fn at_apex(world: &World, account: usize, name: usize) -> Option<&RecordSet> {
    let mut sets = sets(world, account, NAMES[name]).into_iter();
    sets.find(|set| set.key.name.plain() == NAMES[name] && set.key.rtype == "TXT")
}

/// The texts at the apex of a zone, with their time to live.
fn texts_at_apex(world: &World, account: usize, name: usize) -> Option<(u32, &[String])> {
    at_apex(world, account, name).and_then(plain)
}

/// Adds a text beside those at the apex, in the zone that the world reads.
fn add_text(player: &mut Player, world: &mut World, name: usize) {
    let value = format!("\"somebody={}\"", player.next_number());
    let Dns::Account(account) = player.authority_of(name) else {
        let key = RecordKey::new(NAMES[name], "TXT");
        player.elsewhere.add(world, key, &value, player.now());
        return;
    };
    // Where ours is the only text that stands, theirs joins its set.
    let joined = texts_at_apex(world, account, name).map_or(300, |(ttl, _)| ttl);
    for world in [world, &mut player.shadow] {
        let Some(zone) = zone_id(world, account, NAMES[name]) else {
            continue;
        };
        let at_apex = at_apex(world, account, name);
        let (ttl, mut values) = match at_apex.map(plain) {
            Some(Some((ttl, values))) => (ttl, values.to_vec()),
            // Route 53 has no plain set beside one with a routing policy.
            Some(None) => continue,
            None => (joined, Vec::new()),
        };
        values.push(value.clone());
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        put(
            world,
            &zone,
            RecordKey::new(NAMES[name], "TXT"),
            ttl,
            &values,
        );
    }
}

/// Publishes an SPF record at the apex, and takes out those that stand there.
fn replace_spf(player: &mut Player, world: &mut World, name: usize) {
    let Dns::Account(account) = player.authority_of(name) else {
        return;
    };
    let value = format!(
        "\"v=spf1 include:spf{}.example -all\"",
        player.next_number()
    );
    let Some((ttl, values)) = texts_at_apex(world, account, name) else {
        return;
    };
    let others = values.iter().filter(|value| !is_spf(value));
    let values: Vec<String> = others.cloned().chain([value]).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    if let Some(zone) = zone_id(world, account, NAMES[name]) {
        put(
            world,
            &zone,
            RecordKey::new(NAMES[name], "TXT"),
            ttl,
            &values,
        );
        player.replaced.insert(ZoneAt { account, name });
    }
}

fn add_routing(player: &mut Player, world: &mut World, name: usize, place: usize) {
    let Some(picked) = picked(player, world, name, place) else {
        return;
    };
    // The comparison with the shadow leaves a replaced SPF record out of plain sets alone.
    let is_at_apex = picked.owner == NAMES[name] && picked.rtype == "TXT";
    if is_at_apex && player.replaced.contains(&picked.zone) {
        return;
    }
    let identifier = format!("weighted-{}", player.next_number());
    for world in [world, &mut player.shadow] {
        if let Some(zone) = zone_id(world, picked.zone.account, NAMES[name]) {
            let done = world.weigh_records(&zone, &picked.owner, &picked.rtype, &identifier);
            done.unwrap_or_else(|error| unreachable!("a name: {error}"));
        }
    }
    player.routed.insert(Routed {
        zone: picked.zone,
        identifier,
    });
}

fn add_name(player: &mut Player, world: &mut World, name: usize, now: Timestamp) {
    let owner = format!("host{}.{}", player.next_number(), NAMES[name]);
    let key = RecordKey::new(&owner, "A");
    let Dns::Account(account) = player.authority_of(name) else {
        player.elsewhere.add(world, key, "192.0.2.80", now);
        return;
    };
    for world in [world, &mut player.shadow] {
        if let Some(zone) = zone_id(world, account, NAMES[name]) {
            put(world, &zone, key, 300, &["192.0.2.80"]);
        }
    }
}

/// A plain record set of a zone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Picked {
    zone: ZoneAt,
    owner: String,
    rtype: String,
}

/// One in the zone that the world reads.
fn picked(player: &Player, world: &World, name: usize, place: usize) -> Option<Picked> {
    let Dns::Account(account) = player.authority_of(name) else {
        return None;
    };
    let all = sets(world, account, NAMES[name]).into_iter();
    let all = all.filter(|set| plain(set).is_some()).map(|set| Picked {
        zone: ZoneAt { account, name },
        owner: set.key.name.plain(),
        rtype: set.key.rtype.clone(),
    });
    pick(&all.collect::<Vec<_>>(), place)
}

fn delete_set(player: &mut Player, world: &mut World, name: usize, place: usize) {
    let Some(picked) = picked(player, world, name, place) else {
        return;
    };
    for world in [world, &mut player.shadow] {
        if let Some(zone) = zone_id(world, picked.zone.account, NAMES[name]) {
            let done = world.lose_records(&zone, &picked.owner, &picked.rtype);
            done.unwrap_or_else(|error| unreachable!("a name: {error}"));
        }
    }
}

/// The time to live that others give.
const TTL: u32 = 120;

fn change_ttl(player: &mut Player, world: &mut World, name: usize, place: usize) {
    let Some(picked) = picked(player, world, name, place) else {
        return;
    };
    give_ttl(world, &picked, TTL);
    let before = give_ttl(&mut player.shadow, &picked, TTL);
    if let Some(before) = before {
        player.retimed.entry(picked).or_insert(before);
    }
}

/// Gives a plain record set another time to live. Gives the one that it had.
fn give_ttl(world: &mut World, of: &Picked, ttl: u32) -> Option<u32> {
    let (account, name) = (of.zone.account, NAMES[of.zone.name]);
    let (before, values) = held(world, of)?;
    let values: Vec<String> = values.to_vec();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let zone = zone_id(world, account, name)?;
    put(
        world,
        &zone,
        RecordKey::new(&of.owner, &of.rtype),
        ttl,
        &values,
    );
    Some(before)
}

/// The time to live and the values of a plain record set.
fn held<'w>(world: &'w World, of: &Picked) -> Option<(u32, &'w [String])> {
    let sets = sets(world, of.zone.account, NAMES[of.zone.name]);
    let mut sets = sets.into_iter();
    plain(sets.find(|set| set.key.name.plain() == of.owner && set.key.rtype == of.rtype)?)
}

/// After a run: where it has taken back the time to live of a record that the manifest takes over, or has as it
/// stood, the record keeps its own in the shadow too.
pub(crate) fn follow(player: &mut Player, world: &World) {
    let can_be_ours = |of: &Picked| {
        let values = held(&player.shadow, of).map(|(_, values)| values);
        of.rtype == "MX" || values.is_some_and(|values| values.iter().all(|one| is_single(one)))
    };
    let taken_back: Vec<(Picked, u32)> = player
        .retimed
        .iter()
        .filter(|(of, _)| held(world, of).is_some_and(|(ttl, _)| ttl != TTL) && can_be_ours(of))
        .map(|(of, before)| (of.clone(), *before))
        .collect();
    for (of, before) in taken_back {
        player.retimed.remove(&of);
        give_ttl(&mut player.shadow, &of, before);
    }
}

fn put_object(player: &mut Player, world: &mut World, place: usize) {
    let full: Vec<String> = buckets(world)
        .filter(|(_, bucket)| !bucket.objects.is_empty())
        .map(|(name, _)| name.clone())
        .collect();
    let Some(name) = pick(&full, place) else {
        return;
    };
    let id = format!("others{:026}", player.next_number());
    let modified = player.now();
    if let Some(bucket) = world.s3.buckets.get_mut(&name) {
        // Of the program's own files, each says that it is one.
        let object = Some(Object::default());
        let version = Version {
            id,
            modified,
            object,
        };
        bucket.objects.insert(OBJECT.to_owned(), vec![version]);
        player.objects.insert(name);
    }
}

/// Lists the things of others that are no longer there: their objects, their routing policies, and their
/// tags on buckets that are.
pub(crate) fn missing(player: &Player, world: &World) -> Vec<String> {
    let lost_object = |name: &&String| {
        let bucket = world.s3.buckets.get(*name);
        bucket.is_none_or(|bucket| !bucket.objects.contains_key(OBJECT))
    };
    let lost_tag = |(name, created): &(&String, &Timestamp)| {
        let bucket = world.s3.buckets.get(*name);
        let bucket = bucket.filter(|bucket| bucket.created == **created);
        let tags = bucket.map(|bucket| bucket.tags.as_ref());
        tags.is_some_and(|tags| tags.is_none_or(|tags| !tags.contains_key(TAG.0)))
    };
    let lost_routing = |routed: &&Routed| {
        let ZoneAt { account, name } = routed.zone;
        let sets = sets(world, account, NAMES[name]);
        let mut identifiers = sets.iter().map(|set| set.key.identifier.as_ref());
        !identifiers.any(|one| one == Some(&routed.identifier))
    };
    let routed = player.routed.iter().filter(lost_routing);
    let routed = routed.map(|one| {
        format!(
            "the routing policy {} of others in {} is gone",
            one.identifier, NAMES[one.zone.name]
        )
    });
    let objects = player.objects.iter().filter(lost_object);
    let tags = player.tagged.iter().filter(lost_tag);
    let objects = objects.map(|name| format!("the object of others in {name} is gone"));
    let tags = tags.map(|(name, _)| format!("the tag of others at {name} is gone"));
    objects.chain(tags).chain(routed).collect()
}
