//! Which rows are about the same server.
//!
//! Rows are joined by the ids that sources share, strongest first: the device id of Defender, the resource id of Azure, the
//! device id of Entra, the whole name; by a first label alone only where it is unique on both sides. An address joins nothing.
//! What could be two servers is left as an ambiguity with the candidates named.

use super::part::Part;
use super::record::{About, Identity, SourceRow, Standing};
use jiff::Timestamp;
use petgraph::unionfind::UnionFind;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Deref;

/// After how many characters a NetBIOS name ends.
const NETBIOS: usize = 15;

/// Where a record is: the part and the place in it.
pub(super) type At = (u32, u32);

/// A row, and how it names its server.
pub(super) type Row<'p> = (At, Named<'p>);

/// How a row names its server.
#[derive(Debug)]
pub(super) enum Named<'p> {
    /// As the source does.
    Itself(&'p Identity),
    /// Otherwise, as people say or as other rows show.
    Otherwise(Box<Identity>),
}

impl Deref for Named<'_> {
    type Target = Identity;

    fn deref(&self) -> &Identity {
        match self {
            Self::Itself(identity) => identity,
            Self::Otherwise(identity) => identity,
        }
    }
}

/// Why rows that were understood are not used, and how many of each part.
pub(super) type LeftOut = BTreeMap<(u32, &'static str), u64>;

/// The rows about one server.
#[derive(Debug, Default)]
pub(super) struct Group<'r> {
    /// The rows that are believed, in the order of the files.
    pub(super) rows: Vec<At>,
    /// Rows of two living records of which one has to be another server, or a dead one.
    pub(super) doubted: Vec<At>,
    /// Rows that may be about this server or about another one.
    pub(super) perhaps: Vec<At>,
    pub(super) names: Names<'r>,
}

/// What a server is called.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Names<'r> {
    fqdn: Option<&'r str>,
    short: Option<&'r str>,
    domain: Option<&'r str>,
    pub(super) azure: Option<&'r str>,
    /// Whatever else names it, in any case.
    other: Option<&'r str>,
    /// Other servers have this first label too, and no whole name either.
    shared: bool,
}

/// Rows that cannot be told to be about one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambiguity {
    /// What cannot be told, as a sentence.
    pub message: String,
}

/// All groups, and what became of the rows in none.
#[derive(Debug, Default)]
pub(super) struct Joined<'r> {
    pub(super) groups: Vec<Group<'r>>,
    pub(super) ambiguities: Vec<Ambiguity>,
    pub(super) left_out: LeftOut,
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

    /// The server by its other name, where one stands for it.
    fn apply(&self, identity: &Identity) -> Option<Identity> {
        // A first label stands for a server only where nothing says more.
        let short = if identity.fqdn.is_none() { &identity.short } else { &None };
        let keys = [&identity.mde, &identity.azure, &identity.entra, &identity.mecm, &identity.fqdn, short];
        let host = keys.into_iter().flatten().find_map(|key| self.by_name.get(&**key))?;
        let mut identity = Identity { fqdn: None, short: None, domain: None, ..identity.clone() };
        super::meaning::identity::named(&mut identity, host);
        // A name without a domain stands for itself then, and joins by itself.
        identity.fqdn.get_or_insert(host.as_str().into());
        Some(identity)
    }
}

/// The rows about servers, without those that are not about living ones or name none.
pub(super) fn rows<'p>(parts: &'p [Part<'_>], aliases: &Aliases, left_out: &mut LeftOut) -> Vec<Row<'p>> {
    let mut rows: Vec<Row<'p>> = Vec::with_capacity(parts.iter().map(|part| part.records.len()).sum());
    for (part, of) in (0..).zip(parts) {
        for (place, record) in (0..).zip(&of.records).filter(|(_, record)| record.claims.about == About::Server) {
            let reason = match record.claims.standing {
                Standing::Merged(_) => "merged into another record",
                Standing::Obsolete => "obsolete",
                Standing::Live | Standing::Inactive => {
                    let identity = aliases.apply(&record.identity).map(Box::new);
                    let identity = identity.map_or(Named::Itself(&record.identity), Named::Otherwise);
                    rows.push(((part, place), identity));
                    continue;
                }
            };
            *left_out.entry((part, reason)).or_default() += 1;
        }
    }
    part_folders(&mut rows, left_out);
    rows
}

/// Joins rows.
pub(super) fn join<'r>(rows: &'r [Row<'_>], parts: &[Part<'_>], left_out: LeftOut) -> Joined<'r> {
    let mut joined = Joined { left_out, ..Joined::default() };
    let mut groups = by_first_labels(by_ids(rows), parts, &mut joined.ambiguities);
    for group in &mut groups {
        resolve_twins(group, parts, &mut joined);
    }
    joined.groups = groups;
    joined
}

/// Takes a folder from rows where it names no server, since it holds rows of several.
fn part_folders(rows: &mut Vec<Row<'_>>, left_out: &mut LeftOut) {
    let mut servers: HashMap<&str, Option<&str>> = HashMap::new();
    for (_, identity) in &*rows {
        let (Some(folder), Some(label)) = (&identity.folder, &identity.short) else { continue };
        let known = servers.entry(folder).or_insert(Some(label));
        if known.is_some_and(|known| !is_cut(known, label) && !is_cut(label, known)) {
            *known = None;
        }
    }
    let several: HashSet<String> =
        servers.into_iter().filter(|(_, server)| server.is_none()).map(|(folder, _)| folder.to_owned()).collect();
    rows.retain_mut(|((part, _), identity)| {
        if identity.folder.as_ref().is_some_and(|folder| several.contains(&**folder)) {
            *identity = Named::Otherwise(Box::new(Identity { folder: None, ..Identity::clone(identity) }));
        }
        let named = !identity.is_empty();
        if !named {
            *left_out.entry((*part, "names no server, and its folder holds those of several")).or_default() += 1;
        }
        named
    });
}

/// True where one name is the other, or what NetBIOS leaves of it.
fn is_cut(name: &str, whole: &str) -> bool {
    name == whole || (name.len() == NETBIOS && whole.starts_with(name))
}

/// Groups rows that share an id or a whole name.
fn by_ids<'r>(rows: &'r [Row<'_>]) -> Vec<Group<'r>> {
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
        let keyed = || rows.iter().enumerate().filter_map(|(row, (_, identity))| Some((row, key(identity)?)));
        let mut first: HashMap<&str, usize> = HashMap::with_capacity(keyed().count());
        for (row, key) in keyed() {
            let first = *first.entry(key).or_insert(row);
            if first != row {
                sets.union(first, row);
            }
        }
    }
    // In the order of their first rows.
    let mut groups: Vec<Group<'_>> = Vec::with_capacity(rows.len());
    let mut places: Vec<Option<usize>> = vec![None; rows.len()];
    for (set, (at, identity)) in sets.into_labeling().into_iter().zip(rows) {
        let place = *places[set].get_or_insert(groups.len());
        if place == groups.len() {
            groups.push(Group::default());
        }
        groups[place].rows.push(*at);
        groups[place].names.take(identity);
    }
    groups
}

impl<'r> Names<'r> {
    fn take(&mut self, identity: &'r Identity) {
        self.fqdn = self.fqdn.or(identity.fqdn.as_deref());
        self.short = self.short.or(identity.short.as_deref());
        self.domain = self.domain.or(identity.domain.as_deref());
        self.azure = self.azure.or(identity.azure.as_deref());
        let folder = || identity.folder.as_deref().and_then(|folder| folder.rsplit('/').next());
        let other = || identity.mde.as_deref().or(identity.entra.as_deref()).or_else(folder).or(identity.mecm.as_deref());
        self.other = self.other.or_else(other);
    }

    /// The same with what another one has beside it.
    fn or(self, other: Self) -> Self {
        Self {
            fqdn: self.fqdn.or(other.fqdn),
            short: self.short.or(other.short),
            domain: self.domain.or(other.domain),
            azure: self.azure.or(other.azure),
            other: self.other.or(other.other),
            shared: self.shared || other.shared,
        }
    }

    /// The name that the server goes by: the shortest that no other server has.
    pub(super) fn host(&self) -> Cow<'r, str> {
        if self.shared && self.fqdn.is_none() {
            let label = self.label().unwrap_or_default();
            return match (self.domain, self.azure) {
                (Some(domain), _) => format!("{domain}\\{label}").into(),
                (None, Some(id)) => id.to_lowercase().into(),
                (None, None) => label,
            };
        }
        self.called()
    }

    fn called(&self) -> Cow<'r, str> {
        let of_resource = self.azure.and_then(|id| id.rsplit('/').next());
        match self.fqdn.or(self.short).or(of_resource) {
            Some(name) => name.into(),
            None => self.other.unwrap_or_default().to_lowercase().into(),
        }
    }
}

impl Group<'_> {
    /// The name, and where it was read first.
    fn shown(&self, parts: &[Part<'_>]) -> String {
        let at = self.rows.first().map(|at| place(parts, *at).to_string()).unwrap_or_default();
        format!("`{}` ({at})", crate::suggest::excerpt(&self.names.host()))
    }
}

/// A row as people look it up.
pub(super) fn place(parts: &[Part<'_>], (part, row): At) -> SourceRow {
    let part = &parts[part as usize];
    part.place(&part.records[row as usize])
}

/// Takes groups without a whole name into the one that their first label names, where there is only one such.
fn by_first_labels<'r>(mut groups: Vec<Group<'r>>, parts: &[Part<'_>], ambiguities: &mut Vec<Ambiguity>) -> Vec<Group<'r>> {
    let (whole, short): (Vec<usize>, Vec<usize>) = (0..groups.len()).partition(|index| groups[*index].names.fqdn.is_some());
    let labels = short.into_iter().filter_map(|index| Some((groups[index].names.label()?, index)));
    let mut labelled: Vec<(Cow<'r, str>, usize)> = labels.collect();
    if labelled.is_empty() {
        return groups;
    }
    let mut by_label: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut by_cut: HashMap<&str, Vec<usize>> = HashMap::new();
    for index in whole {
        if let Some(label) = groups[index].names.short {
            by_label.entry(label).or_default().push(index);
            if let Some(cut) = label.get(..NETBIOS).filter(|cut| cut.len() < label.len()) {
                by_cut.entry(cut).or_default().push(index);
            }
        }
    }
    labelled.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut found = Vec::new();
    for of_label in labelled.chunk_by(|(one, _), (other, _)| one == other) {
        let label = &*of_label[0].0;
        let candidates = by_label.get(label).map(Vec::as_slice).unwrap_or_default();
        let longer = by_cut.get(label);
        // Of most labels there is one group, and nothing to decide.
        if of_label.len() == 1 && candidates.is_empty() && longer.is_none() {
            continue;
        }
        let (mut clusters, open) = told_apart(of_label.iter().map(|(_, index)| std::mem::take(&mut groups[*index])).collect());
        match (clusters.as_slice(), candidates) {
            ([cluster], [only]) if cluster.names.is_other_resource(&groups[*only].names) => found.extend(clusters),
            ([_], [only]) => clusters.into_iter().for_each(|cluster| groups[*only].absorb(cluster)),
            (_, []) if let Some(longer) = longer => {
                ambiguous(clusters.into_iter().chain(open), &mut groups, longer, parts, ambiguities);
            }
            (_, []) => {
                let all: Vec<usize> = (0..clusters.len()).collect();
                ambiguous(open, &mut clusters, &all, parts, ambiguities);
                found.extend(clusters);
            }
            (_, several) => ambiguous(clusters.into_iter().chain(open), &mut groups, several, parts, ambiguities),
        }
    }
    groups.retain(|group| !group.rows.is_empty());
    groups.extend(found);
    groups.sort_by_key(|group| group.rows.first().copied());
    groups
}

impl<'r> Names<'r> {
    /// The first label, or that of a folder or a resource that is named like a server.
    fn label(&self) -> Option<Cow<'r, str>> {
        if let Some(label) = self.short {
            return Some(label.into());
        }
        let name = self.called();
        let label = name.split('.').next().unwrap_or_default().to_owned();
        (!name.is_empty()).then(|| label.into())
    }
}

/// Groups of one first label: one server, unless domains or resources tell several apart. Then those come second of which it
/// cannot be told which server they are about.
fn told_apart(groups: Vec<Group<'_>>) -> (Vec<Group<'_>>, Vec<Group<'_>>) {
    let domains: BTreeSet<&str> = groups.iter().filter_map(|group| group.names.domain).collect();
    let resources: BTreeSet<&str> = groups.iter().filter_map(|group| group.names.azure).collect();
    let several = domains.len() > 1 || resources.len() > 1;
    let mut clusters: Vec<Group<'_>> = Vec::new();
    let mut open = Vec::new();
    // Every resource is a server where there are several; otherwise every domain has one.
    let tells = |names: &Names<'_>| if resources.len() > 1 { names.azure.is_some() } else { names.domain.is_some() };
    let (telling, others): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| !several || tells(&group.names));
    for group in telling {
        // A name is there once in a domain.
        let same =
            |cluster: &&mut Group<'_>| !several || group.names.domain.is_some() && cluster.names.domain == group.names.domain;
        match clusters.iter_mut().find(same) {
            Some(cluster) => cluster.absorb(group),
            None => clusters.push(group),
        }
    }
    for group in others {
        let domain = group.names.domain;
        let known = clusters.iter().position(|cluster| domain.is_some() && cluster.names.domain == domain);
        match known {
            Some(known) => clusters[known].absorb(group),
            None if domain.is_none() || clusters.iter().any(|cluster| cluster.names.domain.is_none()) => open.push(group),
            None => clusters.push(group),
        }
    }
    if let [only] = clusters.as_mut_slice() {
        open.drain(..).for_each(|group| only.absorb(group));
    } else {
        for cluster in &mut clusters {
            cluster.names.shared = true;
        }
    }
    (clusters, open)
}

impl Names<'_> {
    /// True where both are resources of Azure, and not the same.
    fn is_other_resource(&self, other: &Self) -> bool {
        self.azure.zip(other.azure).is_some_and(|(one, other)| one != other)
    }
}

impl<'r> Group<'r> {
    fn absorb(&mut self, other: Group<'r>) {
        self.rows.extend(other.rows);
        self.names = self.names.or(other.names);
    }
}

/// Leaves rows out that may be about any of these servers, and says so.
fn ambiguous<'r>(
    clusters: impl IntoIterator<Item = Group<'r>>,
    whole: &mut [Group<'_>],
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
fn resolve_twins(group: &mut Group<'_>, parts: &[Part<'_>], joined: &mut Joined<'_>) {
    let record = |(part, row): At| &parts[part as usize].records[row as usize];
    let id = |at: &At| record(*at).identity.mde.as_deref();
    let mut some = group.rows.iter().filter_map(id);
    let first = some.next();
    if some.all(|id| Some(id) == first) {
        return;
    }
    let mut ids: BTreeMap<&str, (bool, Option<Timestamp>, At)> = BTreeMap::new();
    for at in &group.rows {
        let Some(id) = id(at) else { continue };
        let one = record(*at);
        let seen = parts[at.0 as usize].recorded(one);
        let entry = ids.entry(id).or_insert((true, None, *at));
        entry.0 &= one.claims.standing != Standing::Inactive;
        entry.1 = entry.1.max(seen);
    }
    let living: Vec<&str> = ids.iter().filter(|(_, (live, ..))| *live).map(|(id, _)| *id).collect();
    let newest = ids.iter().max_by_key(|(_, (_, seen, _))| *seen).map(|(id, _)| *id);
    let kept = match living.as_slice() {
        [only] => Some(*only),
        [] => newest,
        _ => None,
    };
    let (rows, twins): (Vec<At>, Vec<At>) = group.rows.iter().partition(|at| id(at).is_none_or(|id| Some(id) == kept));
    if kept.is_some() {
        for (part, _) in &twins {
            *joined.left_out.entry((*part, "an inactive twin of a living record")).or_default() += 1;
        }
    } else {
        let living = ids.iter().filter(|(id, _)| living.contains(id));
        let shown: Vec<String> = living.map(|(id, (.., at))| format!("{id} ({})", place(parts, *at))).collect();
        let host = crate::suggest::excerpt(&group.names.host());
        let message = format!("`{host}` has more than one living record: {}", shown.join(" and "));
        joined.ambiguities.push(Ambiguity { message });
        group.doubted = twins;
    }
    group.rows = rows;
}
