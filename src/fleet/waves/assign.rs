//! Which server goes into which wave.
//!
//! The canary takes one server of as many classes as it has room for, the larger classes first. Each wave then takes one
//! server from each of the groups that have most servers left, which is the fewest waves that the groups allow; where as many
//! are left, the classes take turns by their sizes. The time grows as that of sorting the servers.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};

/// A server that is to be put into a wave. Servers are in the order of their names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// Its class; of as large ones the first comes first.
    pub(super) class: usize,
    /// Its group; a server without one stands alone.
    pub(super) group: Option<usize>,
}

/// The servers of the canary, which may be empty, and of each wave, by their positions. `size` says how many may be in which
/// wave, from 0; none is ever nothing.
pub(super) fn assign(candidates: &[Candidate], canary: usize, size: impl Fn(usize) -> usize) -> (Vec<usize>, Vec<Vec<usize>>) {
    let order = turns(candidates);
    let mut units = Units::new(candidates, &order);
    let mut first = units.one_of_each_class(candidates, canary);
    let taken: HashSet<usize> = first.iter().map(|server| units.of[*server]).collect();
    for server in &first {
        units.remove(*server);
    }
    let mut open = units.open();
    let (mut set_aside, mut fill) = (Vec::new(), canary - first.len());
    while fill > 0 {
        let Some(next) = open.pop() else { break };
        if taken.contains(&next.unit) {
            set_aside.push(next);
        } else {
            first.extend(units.take(next.unit));
            set_aside.extend(units.next(next.unit));
            fill -= 1;
        }
    }
    open.extend(set_aside);
    first.sort_unstable();
    let mut waves = Vec::new();
    while !open.is_empty() {
        let chosen: Vec<Next> = (0..size(waves.len()).max(1)).map_while(|_| open.pop()).collect();
        let mut wave: Vec<usize> = chosen.iter().filter_map(|next| units.take(next.unit)).collect();
        open.extend(chosen.iter().filter_map(|next| units.next(next.unit)));
        wave.sort_unstable();
        waves.push(wave);
    }
    (first, waves)
}

/// The servers in the order in which the classes take turns: each class is spread evenly over the whole.
fn turns(candidates: &[Candidate]) -> Vec<usize> {
    let mut sizes: HashMap<usize, u64> = HashMap::new();
    let mut ranks = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let size = sizes.entry(candidate.class).or_default();
        ranks.push(*size);
        *size += 1;
    }
    // The middle of the stretch that stands for the server, as a fraction of the class.
    let place = |server: usize| {
        let class = candidates[server].class;
        (u128::from(2 * ranks[server] + 1), u128::from(2 * sizes[&class]), class)
    };
    let mut order: Vec<(usize, (u128, u128, usize))> = (0..candidates.len()).map(|server| (server, place(server))).collect();
    order.sort_by(|(_, one), (_, other)| (one.0 * other.1).cmp(&(other.0 * one.1)).then(one.2.cmp(&other.2)));
    order.into_iter().map(|(server, _)| server).collect()
}

/// The groups and the servers that stand alone, with the servers that are left of each in the order of their turns.
struct Units {
    left: Vec<VecDeque<usize>>,
    /// The unit of each server.
    of: Vec<usize>,
    /// The turn of each server.
    turn: Vec<usize>,
}

/// What a unit offers: the more servers it has left, and then the earlier their turn, the sooner it is taken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Next {
    left: usize,
    turn: Reverse<usize>,
    unit: usize,
}

impl Units {
    fn new(candidates: &[Candidate], order: &[usize]) -> Self {
        let mut units = Self { left: Vec::new(), of: vec![0; candidates.len()], turn: vec![0; candidates.len()] };
        let mut of_group: HashMap<usize, usize> = HashMap::new();
        for (turn, server) in order.iter().copied().enumerate() {
            let unit = match candidates[server].group {
                Some(group) => *of_group.entry(group).or_insert(units.left.len()),
                None => units.left.len(),
            };
            if unit == units.left.len() {
                units.left.push(VecDeque::new());
            }
            units.left[unit].push_back(server);
            units.of[server] = unit;
            units.turn[server] = turn;
        }
        units
    }

    fn next(&self, unit: usize) -> Option<Next> {
        let first = *self.left[unit].front()?;
        Some(Next { left: self.left[unit].len(), turn: Reverse(self.turn[first]), unit })
    }

    fn open(&self) -> BinaryHeap<Next> {
        (0..self.left.len()).filter_map(|unit| self.next(unit)).collect()
    }

    fn take(&mut self, unit: usize) -> Option<usize> {
        self.left[unit].pop_front()
    }

    fn remove(&mut self, server: usize) {
        self.left[self.of[server]].retain(|one| *one != server);
    }

    /// At most so many servers, each of another class and of another unit: as many as there can be, of larger classes first.
    fn one_of_each_class(&self, candidates: &[Candidate], most: usize) -> Vec<usize> {
        let mut servers: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut by_turn: Vec<usize> = (0..candidates.len()).collect();
        by_turn.sort_unstable_by_key(|server| self.turn[*server]);
        for server in by_turn {
            servers.entry(candidates[server].class).or_default().push(server);
        }
        let mut classes: Vec<(usize, Vec<usize>)> = servers.into_iter().collect();
        classes.sort_unstable_by_key(|(class, servers)| (Reverse(servers.len()), *class));
        let most = most.min(classes.len());
        let mut chosen = Chosen::default();
        for (_, servers) in classes {
            if chosen.by_unit.len() == most {
                break;
            }
            // A class with a server in more units than are ever chosen always finds one of its own.
            let mut seen = HashSet::new();
            let offers = servers.into_iter().map(|server| (self.of[server], server)).filter(|(unit, _)| seen.insert(*unit));
            chosen.add(offers.take(most).collect());
        }
        chosen.by_unit.into_values().map(|(_, server)| server).collect()
    }
}

/// Servers of different classes and different units: a matching that grows one class at a time.
#[derive(Default)]
struct Chosen {
    /// The servers that each class offers, one of a unit.
    offers: Vec<Vec<(usize, usize)>>,
    /// The unit that each class has taken.
    unit_of: Vec<Option<usize>>,
    /// The class that a unit is taken by, and the server.
    by_unit: HashMap<usize, (usize, usize)>,
    /// Units from which no way leads to a free one, now or later.
    tight: HashSet<usize>,
}

impl Chosen {
    /// Takes a server of one class more, where others can make way for it.
    fn add(&mut self, offers: Vec<(usize, usize)>) {
        let class = self.offers.len();
        self.offers.push(offers);
        self.unit_of.push(None);
        // How each unit was come to: from which class, with which server.
        let mut come: HashMap<usize, (usize, usize)> = HashMap::new();
        let mut open = VecDeque::from([class]);
        while let Some(class) = open.pop_front() {
            for (unit, server) in &self.offers[class] {
                if self.tight.contains(unit) || come.contains_key(unit) {
                    continue;
                }
                come.insert(*unit, (class, *server));
                match self.by_unit.get(unit) {
                    Some((holder, _)) => open.push_back(*holder),
                    None => return self.shift(*unit, &come),
                }
            }
        }
        self.tight.extend(come.into_keys());
    }

    /// Gives a free unit to the class that came to it, and that class's unit to the one that came to that.
    fn shift(&mut self, free: usize, come: &HashMap<usize, (usize, usize)>) {
        let mut next = Some(free);
        while let Some(unit) = next {
            let Some((class, server)) = come.get(&unit) else { return };
            self.by_unit.insert(unit, (*class, *server));
            next = self.unit_of[*class].replace(unit);
        }
    }
}
