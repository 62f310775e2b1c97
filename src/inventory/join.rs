//! Which rows are about the same server.
//!
//! Rows are joined by the ids that sources share, strongest first: the device id of Defender, the resource id of Azure, the
//! device id of Entra, the whole name; by a first label alone only where it is unique on both sides. An address joins nothing.
//! What could be two servers is left as an ambiguity with the candidates named.

use super::part::Part;
use super::record::{About, Identity, Record, Standing};
use jiff::Timestamp;
use petgraph::unionfind::UnionFind;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// After how many characters a NetBIOS name ends.
const NETBIOS: usize = 15;

/// Where a record is: the part and the place in it.
pub(super) type At = (u32, u32);

/// The rows about one server.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// The rows that are believed, in the order of the files.
    pub(super) rows: Vec<At>,
    /// Rows of two living records of which one has to be another server, or a dead one.
    pub(super) doubted: Vec<At>,
    /// Rows that may be about this server or about another one.
    pub(super) perhaps: Vec<At>,
    pub(super) names: Names,
}

/// What a server is called.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub(super) fqdn: Option<Box<str>>,
    pub(super) short: Option<Box<str>>,
    pub(super) domain: Option<Box<str>>,
    pub(super) azure: Option<Box<str>>,
    other: Option<Box<str>>,
}

/// Rows that cannot be told to be about one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambiguity {
    /// What cannot be told, as a sentence.
    pub message: String,
}

/// All groups, and what became of the rows in none.
#[derive(Debug, Default)]
pub(super) struct Joined {
    pub(super) groups: Vec<Group>,
    pub(super) ambiguities: Vec<Ambiguity>,
    /// Why rows that were understood are not used, and how many of each part.
    pub(super) left_out: BTreeMap<(u32, &'static str), u64>,
}

/// What people say about names: which is another name of which.
#[derive(Clone, Debug, Default)]
pub struct Aliases {
    by_name: HashMap<String, String>,
}

impl Aliases {
    /// Takes a name, or an id, as another name of a server; false where it is one of another server already.
    pub fn add(&mut self, name: &str, host: &str) -> bool {
        let (name, host) = (name.trim().to_lowercase(), host.trim().to_lowercase());
        self.by_name.entry(name).or_insert_with(|| host.clone()) == &host
    }

    fn apply(&self, identity: &mut Identity) {
        // A first label stands for a server only where nothing says more.
        let short = if identity.fqdn.is_none() { &identity.short } else { &None };
        let keys = [&identity.mde, &identity.azure, &identity.entra, &identity.mecm, &identity.fqdn, short];
        let host = keys.into_iter().flatten().find_map(|key| self.by_name.get(&**key)).cloned();
        if let Some(host) = host {
            (identity.fqdn, identity.short, identity.domain) = (None, None, None);
            super::meaning::identity::named(identity, &host);
            // A name without a domain stands for itself then, and joins by itself.
            identity.fqdn.get_or_insert(host.into());
        }
    }
}

/// Joins the rows of all parts.
pub(super) fn join(parts: &[Part<'_>], aliases: &Aliases) -> Joined {
    let mut joined = Joined::default();
    let mut rows: Vec<(At, Identity)> = Vec::new();
    for (part, of) in parts.iter().enumerate() {
        for (place, record) in of.records.iter().enumerate().filter(|(_, record)| record.about == About::Server) {
            let part = u32::try_from(part).unwrap_or(u32::MAX);
            let reason = match record.standing {
                Standing::Merged(_) => "merged into another record",
                Standing::Obsolete => "obsolete",
                Standing::Live | Standing::Inactive => {
                    let mut identity = record.identity.clone();
                    aliases.apply(&mut identity);
                    rows.push(((part, u32::try_from(place).unwrap_or(u32::MAX)), identity));
                    continue;
                }
            };
            *joined.left_out.entry((part, reason)).or_default() += 1;
        }
    }
    part_folders(&mut rows, &mut joined);
    let groups = by_ids(&rows);
    let groups = by_first_labels(groups, parts, &mut joined.ambiguities);
    for mut group in groups {
        resolve_twins(&mut group, parts, &mut joined);
        joined.groups.push(group);
    }
    joined
}

/// Takes a folder from rows where it names no server, since it holds rows of several.
fn part_folders(rows: &mut Vec<(At, Identity)>, joined: &mut Joined) {
    let mut servers: HashMap<Box<str>, Option<Box<str>>> = HashMap::new();
    for (_, identity) in &*rows {
        let (Some(folder), Some(label)) = (&identity.folder, &identity.short) else { continue };
        let known = servers.entry(folder.clone()).or_insert_with(|| Some(label.clone()));
        if known.as_ref().is_some_and(|known| !is_cut(known, label) && !is_cut(label, known)) {
            *known = None;
        }
    }
    rows.retain_mut(|((part, _), identity)| {
        if identity.folder.as_ref().is_some_and(|folder| servers.get(folder).is_some_and(Option::is_none)) {
            identity.folder = None;
        }
        let named = !identity.is_empty();
        if !named {
            *joined.left_out.entry((*part, "names no server, and its folder holds those of several")).or_default() += 1;
        }
        named
    });
}

/// True where one name is the other, or what NetBIOS leaves of it.
fn is_cut(name: &str, whole: &str) -> bool {
    name == whole || (name.len() == NETBIOS && whole.starts_with(name))
}

/// Groups rows that share an id or a whole name.
fn by_ids(rows: &[(At, Identity)]) -> Vec<Group> {
    let mut sets: UnionFind<usize> = UnionFind::new(rows.len());
    let keys: [fn(&Identity) -> Option<&str>; 6] = [
        |identity| identity.mde.as_deref(),
        |identity| identity.azure.as_deref(),
        |identity| identity.entra.as_deref(),
        |identity| identity.mecm.as_deref(),
        |identity| identity.fqdn.as_deref(),
        |identity| identity.folder.as_deref(),
    ];
    for key in keys {
        let mut first: HashMap<&str, usize> = HashMap::new();
        for (row, (_, identity)) in rows.iter().enumerate() {
            if let Some(key) = key(identity) {
                let first = *first.entry(key).or_insert(row);
                sets.union(first, row);
            }
        }
    }
    // In the order of their first rows.
    let mut groups: Vec<Group> = Vec::new();
    let mut places: HashMap<usize, usize> = HashMap::new();
    for (set, (at, identity)) in sets.into_labeling().into_iter().zip(rows) {
        let place = *places.entry(set).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Group::default());
        }
        groups[place].rows.push(*at);
        groups[place].names.take(identity);
    }
    groups
}

impl Names {
    fn take(&mut self, identity: &Identity) {
        let keep = |slot: &mut Option<Box<str>>, found: &Option<Box<str>>| {
            if slot.is_none() {
                slot.clone_from(found);
            }
        };
        keep(&mut self.fqdn, &identity.fqdn);
        keep(&mut self.short, &identity.short);
        keep(&mut self.domain, &identity.domain);
        keep(&mut self.azure, &identity.azure);
        if self.other.is_none() {
            let folder = identity.folder.as_deref().and_then(|folder| folder.rsplit('/').next());
            let other = identity.mde.as_deref().or(identity.entra.as_deref()).or(folder).or(identity.mecm.as_deref());
            self.other = other.map(str::to_lowercase).map(Into::into);
        }
    }

    /// The name that the server goes by.
    pub(super) fn host(&self) -> &str {
        let of_resource = self.azure.as_deref().and_then(|id| id.rsplit('/').next());
        self.fqdn.as_deref().or(self.short.as_deref()).or(of_resource).or(self.other.as_deref()).unwrap_or_default()
    }
}

impl Group {
    /// The name, and where it was read first.
    fn shown(&self, parts: &[Part<'_>]) -> String {
        let at = self.rows.first().map(|at| place(parts, *at)).unwrap_or_default();
        format!("`{}` ({at})", crate::suggest::excerpt(self.names.host()))
    }
}

/// A row as people look it up.
pub(super) fn place(parts: &[Part<'_>], (part, row): At) -> String {
    let part = &parts[part as usize];
    part.place(&part.records[row as usize])
}

/// Takes groups without a whole name into the one that their first label names, where there is only one such.
fn by_first_labels(groups: Vec<Group>, parts: &[Part<'_>], ambiguities: &mut Vec<Ambiguity>) -> Vec<Group> {
    let (mut whole, short): (Vec<Group>, Vec<Group>) = groups.into_iter().partition(|group| group.names.fqdn.is_some());
    let mut by_label: HashMap<Box<str>, Vec<usize>> = HashMap::new();
    let mut by_cut: HashMap<Box<str>, Vec<usize>> = HashMap::new();
    for (index, group) in whole.iter().enumerate() {
        if let Some(label) = &group.names.short {
            by_label.entry(label.clone()).or_default().push(index);
            if let Some(cut) = label.get(..NETBIOS).filter(|cut| cut.len() < label.len()) {
                by_cut.entry(cut.into()).or_default().push(index);
            }
        }
    }
    let mut by_short: BTreeMap<Box<str>, Vec<Group>> = BTreeMap::new();
    let mut found = Vec::new();
    for group in short {
        match &group.names.short {
            Some(label) => by_short.entry(label.clone()).or_default().push(group),
            None => match group.names.host() {
                "" => found.push(group),
                // A folder or a resource that is named like a server.
                name => {
                    let label: Box<str> = name.split('.').next().unwrap_or(name).into();
                    by_short.entry(label).or_default().push(group);
                }
            },
        }
    }
    for (label, groups) in by_short {
        let clusters = one_of_each_domain(groups);
        let candidates = by_label.get(&label).map(Vec::as_slice).unwrap_or_default();
        match (clusters.len(), candidates) {
            (1, [only]) => clusters.into_iter().for_each(|cluster| whole[*only].absorb(cluster)),
            (_, []) if let Some(longer) = by_cut.get(&label) => ambiguous(clusters, &mut whole, longer, parts, ambiguities),
            (_, []) => found.extend(clusters),
            (_, several) => ambiguous(clusters, &mut whole, several, parts, ambiguities),
        }
    }
    whole.extend(found);
    whole.sort_by_key(|group| group.rows.first().copied());
    whole
}

/// Groups of one first label: those that name the same domain, or none where there is only one, are one.
fn one_of_each_domain(groups: Vec<Group>) -> Vec<Group> {
    let mut clusters: Vec<Group> = Vec::new();
    let domains: BTreeSet<Box<str>> = groups.iter().filter_map(|group| group.names.domain.clone()).collect();
    for group in groups {
        let same = |cluster: &&mut Group| domains.len() <= 1 || cluster.names.domain == group.names.domain;
        match clusters.iter_mut().find(same) {
            Some(cluster) => cluster.absorb(group),
            None => clusters.push(group),
        }
    }
    clusters
}

impl Group {
    fn absorb(&mut self, other: Group) {
        self.rows.extend(other.rows);
        let Names { fqdn, short, domain, azure, other } = other.names;
        let names = &mut self.names;
        names.fqdn = names.fqdn.take().or(fqdn);
        names.short = names.short.take().or(short);
        names.domain = names.domain.take().or(domain);
        names.azure = names.azure.take().or(azure);
        names.other = names.other.take().or(other);
    }
}

/// Leaves rows out that may be about any of these servers, and says so.
fn ambiguous(
    clusters: Vec<Group>,
    whole: &mut [Group],
    candidates: &[usize],
    parts: &[Part<'_>],
    ambiguities: &mut Vec<Ambiguity>,
) {
    for cluster in clusters {
        let shown: Vec<String> = candidates.iter().map(|index| whole[*index].shown(parts)).collect();
        let message = format!("{} may be {}", cluster.shown(parts), shown.join(" or "));
        ambiguities.push(Ambiguity { message });
        for index in candidates {
            whole[*index].perhaps.extend(&cluster.rows);
        }
    }
}

/// Of several device ids of one server the living one counts; where there are two, nothing that they say is believed.
fn resolve_twins(group: &mut Group, parts: &[Part<'_>], joined: &mut Joined) {
    let record = |(part, row): At| &parts[part as usize].records[row as usize];
    let mut ids: BTreeMap<&str, (bool, Option<Timestamp>, At)> = BTreeMap::new();
    for at in &group.rows {
        let one: &Record = record(*at);
        let Some(id) = one.identity.mde.as_deref() else { continue };
        let seen = parts[at.0 as usize].recorded(one);
        let entry = ids.entry(id).or_insert((true, None, *at));
        entry.0 &= one.standing != Standing::Inactive;
        entry.1 = entry.1.max(seen);
    }
    if ids.len() < 2 {
        return;
    }
    let living: Vec<&str> = ids.iter().filter(|(_, (live, ..))| *live).map(|(id, _)| *id).collect();
    let newest = ids.iter().max_by_key(|(_, (_, seen, _))| *seen).map(|(id, _)| *id);
    let kept = match living.as_slice() {
        [only] => Some(*only),
        [] => newest,
        _ => None,
    };
    let (rows, twins): (Vec<At>, Vec<At>) =
        group.rows.iter().partition(|at| record(**at).identity.mde.as_deref().is_none_or(|id| Some(id) == kept));
    if kept.is_some() {
        for (part, _) in &twins {
            *joined.left_out.entry((*part, "an inactive twin of a living record")).or_default() += 1;
        }
    } else {
        let living = ids.iter().filter(|(id, _)| living.contains(id));
        let shown: Vec<String> = living.map(|(id, (.., at))| format!("{id} ({})", place(parts, *at))).collect();
        let host = crate::suggest::excerpt(group.names.host());
        let message = format!("`{host}` has more than one living record: {}", shown.join(" and "));
        joined.ambiguities.push(Ambiguity { message });
        group.doubted = twins;
    }
    group.rows = rows;
}
