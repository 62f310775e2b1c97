//! The order of the steps: as documented, as listed, or the best of all that the edges allow.
//!
//! The best order is found exactly, by dynamic programming over the steps that are done and what is known of the server then.
//! Ways that lead to the same server with the same steps done go on alike, so that hundreds of millions of orders become some
//! hundred servers.

use super::Order;
use super::exposures::Exposure;
use super::state::{State, World};
use super::walk::{Decision, decision, predecessors};
use crate::catalog::{Catalog, Reboot, Scenario};
use crate::condition::{Condition, Truth};
use std::collections::HashMap;
use std::sync::Arc;

/// What an order costs, the worst first; what is less is better.
type Cost = [u32; 5];

/// More servers than this are not looked at; a scenario with so many unordered steps has no order of choice.
const MOST_SERVERS: usize = 200_000;

/// An order that exposes the server less than the documented one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BetterOrder {
    /// The steps by their positions in the scenario.
    pub steps: Vec<usize>,
    /// How much of each is left in that order, and how much there is in this one: the figures of [`EXPOSED`].
    pub figures: [(u32, u32); 4],
}

/// What an order is judged by before the number of restarts, by weight.
pub const EXPOSED: [&str; 4] = [
    "minutes of antivirus-gap",
    "restarts inside antivirus-gap",
    "minutes of sensor-gap",
    "minutes of double-antivirus and unconfigured-antivirus",
];

/// The order with the least exposure, where it exposes the server less than this plan in documented order does.
pub(super) fn better(
    catalog: &Catalog,
    scenario: &Scenario,
    start: &State,
    world: &World<'_>,
    walked: &[usize],
    exposures: &[Exposure],
) -> Option<BetterOrder> {
    let [gap, inside, sensor, others] = [EXPOSURES[0], EXPOSURES[0], EXPOSURES[1], EXPOSURES[2]]
        .map(|ids| exposures.iter().filter(|one| ids.contains(&&*one.invariant)).collect::<Vec<_>>());
    let minutes = |these: &[&Exposure]| these.iter().map(|one| one.minutes).sum::<u32>();
    let restarts = inside.iter().map(|one| u32::try_from(one.reboots).unwrap_or(u32::MAX)).sum();
    let now = [minutes(&gap), restarts, minutes(&sensor), minutes(&others)];
    if now == [0; 4] {
        return None;
    }
    let (steps, [best @ .., _]) = search(catalog, scenario, start, world, walked, false)?;
    (best < now).then(|| BetterOrder { steps, figures: std::array::from_fn(|at| (best[at], now[at])) })
}

/// The positions of the steps in the best of all orders that the edges allow; nothing where there are too many to look at.
pub(super) fn best(
    catalog: &Catalog,
    scenario: &Scenario,
    start: &State,
    world: &World<'_>,
    kept: &[usize],
    wanted: &Order,
) -> Option<Vec<usize>> {
    search(catalog, scenario, start, world, kept, *wanted == Order::FewestReboots).map(|(steps, _)| steps)
}

fn search(
    catalog: &Catalog,
    scenario: &Scenario,
    start: &State,
    world: &World<'_>,
    kept: &[usize],
    restarts_first: bool,
) -> Option<(Vec<usize>, Cost)> {
    if kept.len() > 64 {
        return None;
    }
    let position = |step: usize| kept.iter().position(|kept| *kept == step);
    let bits = |index: &usize| {
        let earlier = predecessors(scenario, *index, kept);
        earlier.into_iter().filter_map(position).fold(0_u64, |mask, at| mask | 1 << at)
    };
    let mut search = Search {
        scenario,
        world,
        kept,
        before: kept.iter().map(bits).collect(),
        exposures: EXPOSURES.map(|ids| {
            let of = |id: &&str| catalog.invariants().iter().find(|one| *one.id == **id).map(|one| &one.when);
            ids.iter().filter_map(of).collect()
        }),
        restarts_first,
        nodes: Vec::new(),
        known: HashMap::new(),
    };
    let root = search.visit(0, Arc::new(start.clone()))?;
    let least = search.nodes[root].least.into_iter().flatten().min()?;
    Some((search.first_of_the_best(root), least))
}

/// The exposures whose minutes are counted, in their order of weight.
const EXPOSURES: [&[&str]; 3] = [&["antivirus-gap"], &["sensor-gap"], &["double-antivirus", "unconfigured-antivirus"]];

struct Search<'a> {
    scenario: &'a Scenario,
    world: &'a World<'a>,
    kept: &'a [usize],
    /// For each kept step the kept steps that it follows.
    before: Vec<u64>,
    exposures: [Vec<&'a Condition>; 3],
    restarts_first: bool,
    nodes: Vec<Node>,
    known: HashMap<u64, Vec<usize>>,
}

/// A server with some steps done.
struct Node {
    state: Arc<State>,
    ways: Vec<Way>,
    /// The least cost of what is left, where no restart is among it and where one is.
    least: [Option<Cost>; 2],
}

/// A step that can come next.
struct Way {
    /// Its position among the kept steps.
    at: usize,
    next: usize,
    /// The step is a restart that is or may be done.
    restart: bool,
    /// What it costs where no restart follows, and where one does.
    cost: [Cost; 2],
}

impl Search<'_> {
    /// The node of a server with these steps done, and everything after it.
    fn visit(&mut self, done: u64, state: Arc<State>) -> Option<usize> {
        let alike = self.known.get(&done).into_iter().flatten().find(|node| self.nodes[**node].state.is_alike(&state));
        if let Some(node) = alike {
            return Some(*node);
        }
        if self.nodes.len() >= MOST_SERVERS {
            return None;
        }
        let mut ways = Vec::new();
        for at in 0..self.kept.len() {
            if done >> at & 1 == 0 && self.before[at] & !done == 0 {
                ways.push(self.way(done, at, &state)?);
            }
        }
        let mut least = [None; 2];
        if ways.is_empty() {
            least[0] = Some(Cost::default());
        }
        for way in &ways {
            for follows in [false, true] {
                if let Some(rest) = self.nodes[way.next].least[usize::from(follows)] {
                    let total = add(way.cost[usize::from(follows)], rest);
                    let best = &mut least[usize::from(follows || way.restart)];
                    if best.is_none_or(|best| total < best) {
                        *best = Some(total);
                    }
                }
            }
        }
        self.nodes.push(Node { state, ways, least });
        let node = self.nodes.len() - 1;
        self.known.entry(done).or_default().push(node);
        Some(node)
    }

    fn way(&mut self, done: u64, at: usize, state: &Arc<State>) -> Option<Way> {
        let index = self.kept[at];
        let step = &self.scenario.steps[index];
        let decided = decision(step, &state.scope(self.world));
        let after = State::after(state, self.world, index, step, decided);
        let next = self.visit(done | 1 << at, after)?;
        let is_done = !matches!(decided, Decision::Skip(_));
        let restart = is_done && step.action.reboot == Reboot::Restart;
        let may_need = is_done && matches!(step.action.reboot, Reboot::Possible | Reboot::Always);
        let minutes = if is_done { step.action.minutes } else { 0 };
        let exposed = self.exposures.each_ref().map(|conditions| {
            let open = conditions.iter().filter(|when| state.scope(self.world).evaluate(when) != Truth::False);
            u32::try_from(open.count()).unwrap_or(u32::MAX)
        });
        let cost = [false, true].map(|follows| {
            let restarts = u32::from(restart || may_need && !follows);
            let [gap, sensor, others] = exposed;
            let (gap_minutes, inside) = (gap * minutes, gap * restarts);
            if self.restarts_first {
                [restarts, gap_minutes, inside, sensor * minutes, others * minutes]
            } else {
                [gap_minutes, inside, sensor * minutes, others * minutes, restarts]
            }
        });
        Some(Way { at, next, restart, cost })
    }

    /// Of the orders that cost least the one whose list of positions comes first.
    fn first_of_the_best(&self, root: usize) -> Vec<usize> {
        let least = self.nodes[root].least.iter().flatten().min();
        // Each way that still may be the best: a node, and whether a restart is among what is left.
        let both = [false, true].into_iter();
        let mut open: Vec<(usize, bool)> = both
            .filter(|restarts| least.is_some() && self.nodes[root].least[usize::from(*restarts)].as_ref() == least)
            .map(|restarts| (root, restarts))
            .collect();
        let mut order = Vec::with_capacity(self.kept.len());
        loop {
            let mut first: Option<(usize, Vec<(usize, bool)>)> = None;
            for (node, restarts) in &open {
                for way in &self.nodes[*node].ways {
                    for follows in [false, true] {
                        if first.as_ref().is_some_and(|(at, _)| way.at > *at) || !self.is_best(*node, *restarts, way, follows) {
                            continue;
                        }
                        match &mut first {
                            Some((at, next)) if *at == way.at => {
                                if !next.contains(&(way.next, follows)) {
                                    next.push((way.next, follows));
                                }
                            }
                            _ => first = Some((way.at, vec![(way.next, follows)])),
                        }
                    }
                }
            }
            let Some((at, next)) = first else { return order };
            order.push(self.kept[at]);
            open = next;
        }
    }

    fn is_best(&self, node: usize, restarts: bool, way: &Way, follows: bool) -> bool {
        let rest = self.nodes[way.next].least[usize::from(follows)];
        restarts == (follows || way.restart)
            && rest.is_some_and(|rest| {
                Some(add(way.cost[usize::from(follows)], rest)) == self.nodes[node].least[usize::from(restarts)]
            })
    }
}

fn add(a: Cost, b: Cost) -> Cost {
    std::array::from_fn(|at| a[at].saturating_add(b[at]))
}
