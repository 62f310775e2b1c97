//! The shortest way to what refutes a property, told on one server.

use super::explore::{Fronts, first, over, performed};
use super::ground::Way;
use super::model::{Model, OutcomeKind};
use super::ready::Ready;
use super::sets::{Full, Set};
use super::{Happened, Moment, Server};
use crate::fact::{FactId, Value};

/// Something that leads from one state to the next.
#[derive(Clone, Copy)]
enum Move {
    /// A step is passed over.
    Passed(usize),
    /// A step is performed: its outcome and which of the outcome's ways.
    Performed { step: usize, outcome: usize, way: usize },
    /// The run ends between two steps.
    Interrupted,
}

/// A way from a server to a state, on one server.
pub(super) struct Story {
    pub(super) server: Server,
    pub(super) moments: Vec<Moment>,
    /// The state that it leads to.
    pub(super) end: Vec<bool>,
}

/// A search for the shortest stories: the states by the number of moves that lead to them.
pub(super) struct Search<'m> {
    model: &'m Model<'m>,
    fronts: &'m Fronts,
    layers: Vec<Set>,
    reached: Set,
}

impl<'m> Search<'m> {
    pub(super) fn new(model: &'m Model<'m>, ready: &Ready, fronts: &'m Fronts) -> Self {
        let first = first(model, ready);
        Self { model, fronts, layers: vec![first.clone()], reached: first }
    }

    /// The shortest story that leads to one of these states, and its number of moves; nothing where none is reached.
    pub(super) fn shortest(&mut self, wrong: &Set) -> Result<Option<(usize, Story)>, Full> {
        let mut at = 0;
        loop {
            let layer = &self.layers[at];
            if layer.is_empty()? {
                return Ok(None);
            }
            let found = layer & wrong;
            if !found.is_empty()? {
                return Ok(Some((at, back(self.model, self.fronts, &self.layers[..=at], found)?)));
            }
            at += 1;
            if at == self.layers.len() {
                self.further();
            }
        }
    }

    /// Adds the states that are one move further.
    fn further(&mut self) {
        let layer = &self.layers[self.layers.len() - 1];
        let next = over(self.model, layer);
        let next = moves(self.model).fold(next, |next, each| &next | &after(self.model, self.fronts, each, layer));
        let new = &next - &self.reached;
        self.reached = &self.reached | &new;
        self.layers.push(new);
    }
}

/// A server as it is, without a way to it.
pub(super) fn standing(model: &Model<'_>, servers: &Set) -> Result<Option<Story>, Full> {
    let (_, state) = usual(model, servers)?;
    Ok(state.map(|state| Story { server: server(model, &state), moments: Vec::new(), end: state }))
}

/// The moves, successes first: of two ways that are equally short the plainer is told.
fn moves(model: &Model<'_>) -> impl Iterator<Item = Move> {
    let performed = model.steps.iter().enumerate().flat_map(|(step, of)| {
        let outcomes = of.outcomes.iter().enumerate();
        outcomes.flat_map(move |(outcome, ways)| (0..ways.ways.len()).map(move |way| Move::Performed { step, outcome, way }))
    });
    (0..model.steps.len()).map(Move::Passed).chain(performed).chain([Move::Interrupted])
}

fn way<'m>(model: &'m Model<'_>, step: usize, outcome: usize, way: usize) -> (&'m Way, OutcomeKind) {
    let outcome = &model.steps[step].outcomes[outcome];
    (&outcome.ways[way], outcome.kind)
}

/// The states that a move leads to from these.
fn after(model: &Model<'_>, fronts: &Fronts, each: Move, states: &Set) -> Set {
    match each {
        Move::Passed(step) => model.set(&model.steps[step].passed(&(states & &fronts.turn[step])), model.layout.done[step], true),
        Move::Performed { step, outcome, way: number } => {
            let (way, kind) = way(model, step, outcome, number);
            let left = model.image(way, &performed(model, step, &(states & &fronts.turn[step])));
            if kind.ends_the_run() { over(model, &left) } else { model.set(&left, model.layout.done[step], true) }
        }
        Move::Interrupted => over(model, states),
    }
}

/// The states from which a move can lead to these.
fn before(model: &Model<'_>, fronts: &Fronts, each: Move, states: &Set) -> Set {
    let over = |states: &Set| (states & &model.begun()).without(&model.done_bits());
    match each {
        Move::Passed(step) => {
            let before = model.unset(states, model.layout.done[step], true);
            model.steps[step].passed(&(&before & &fronts.turn[step]))
        }
        Move::Performed { step, outcome, way: number } => {
            let (way, kind) = way(model, step, outcome, number);
            let left = if kind.ends_the_run() { over(states) } else { model.unset(states, model.layout.done[step], true) };
            let before = model.sometimes(way, &left);
            let before = if model.as_it_goes { model.unset(&before, model.layout.performed, true) } else { before };
            model.steps[step].performed(&(&before & &fronts.turn[step]))
        }
        Move::Interrupted => over(states),
    }
}

/// Walks back from the last layer, then tells a way forward on the server that is the most usual of all that lead there.
fn back(model: &Model<'_>, fronts: &Fronts, layers: &[Set], found: Set) -> Result<Story, Full> {
    let mut leading = vec![found];
    for layer in layers.iter().rev().skip(1) {
        let into = &leading[leading.len() - 1];
        let from = moves(model).fold(model.diagrams.none(), |from, each| &from | &before(model, fronts, each, into));
        leading.push(layer & &from);
    }
    leading.reverse();
    let (mut here, begin) = usual(model, &leading[0])?;
    let begin = begin.unwrap_or_default();
    let mut state = begin.clone();
    let mut moments = Vec::new();
    for into in &leading[1..] {
        for each in moves(model) {
            let next = &after(model, fronts, each, &here) & into;
            if !next.is_empty()? {
                let (next, now) = usual(model, &next)?;
                let now = now.unwrap_or_default();
                moments.extend(moment(model, each, &state, &now));
                (here, state) = (next, now);
                break;
            }
        }
    }
    Ok(Story { server: server(model, &begin), moments, end: state })
}

fn moment(model: &Model<'_>, each: Move, before: &[bool], after: &[bool]) -> Option<Moment> {
    let changed = model.layout.facts.iter().enumerate().filter(|(_, field)| field.class(before) != field.class(after));
    let changed = changed.map(|(at, field)| (model.fact(at), shown(model, at, field.class(after)))).collect();
    match each {
        Move::Passed(_) => None,
        Move::Interrupted => Some(Moment { step: None, happened: Happened::Interrupted, changed }),
        Move::Performed { step, outcome, .. } => {
            let of = &model.steps[step];
            let happened = of.happened(of.outcomes[outcome].kind);
            Some(Moment { step: Some(of.index), happened, changed })
        }
    }
}

/// One state of a set, each fact as usual as it can be.
pub(super) fn usual(model: &Model<'_>, states: &Set) -> Result<(Set, Option<Vec<bool>>), Full> {
    let mut left = states.clone();
    for field in &model.layout.parameters {
        narrow(&mut left, field.has.iter())?;
    }
    for (at, field) in model.layout.facts.iter().enumerate() {
        let wished = model.catalog.vocabulary().spec(model.fact(at)).usual();
        let wished = wished.iter().filter_map(|value| model.classes.class_of(at, value));
        narrow(&mut left, wished.map(|class| &field.has[class]).chain(field.has.iter()))?;
    }
    let picked = left.pick()?;
    if let Some(bits) = &picked {
        left = &left & &model.state(bits);
    }
    Ok((left, picked))
}

/// Keeps the first of these that has anything.
fn narrow<'s>(left: &mut Set, choices: impl Iterator<Item = &'s Set>) -> Result<(), Full> {
    for choice in choices {
        let narrowed = &*left & choice;
        if !narrowed.is_empty()? {
            *left = narrowed;
            break;
        }
    }
    Ok(())
}

/// The value that shows a class: a usual one where there is.
fn shown(model: &Model<'_>, at: usize, class: usize) -> Value {
    let members = &model.classes.facts[at].classes[class];
    let usual = model.catalog.vocabulary().spec(model.fact(at)).usual();
    usual.iter().find(|value| members.contains(value)).unwrap_or(&members[0]).clone()
}

/// The facts and parameters of a state.
pub(super) fn server(model: &Model<'_>, state: &[bool]) -> Server {
    let parameters = model.layout.parameters.iter().zip(&model.classes.parameters);
    Server {
        facts: facts(model, state),
        parameters: parameters.map(|(field, one)| (one.parameter, one.arguments[field.class(state)].clone())).collect(),
    }
}

fn facts(model: &Model<'_>, state: &[bool]) -> Vec<(FactId, Value)> {
    let facts = model.layout.facts.iter().enumerate();
    facts.map(|(at, field)| (model.fact(at), shown(model, at, field.class(state)))).collect()
}

/// The steps of which effects are outstanding in a state, by their positions in the scenario.
pub(super) fn outstanding(model: &Model<'_>, state: &[bool]) -> Vec<usize> {
    let waiting = model.steps.iter().zip(&model.layout.outstanding).filter(|(_, bit)| state[**bit as usize]);
    waiting.map(|(step, _)| step.index).collect()
}
