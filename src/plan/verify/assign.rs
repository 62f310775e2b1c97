//! Which plan is for which server.
//!
//! A plan that names a server is for that one. A plan that names none is for every server that no plan names and that its
//! scenario is chosen for, or may be.

use super::Server;
use super::code::{Code, Severity};
use super::finding::{About, Finding, Found};
use super::listed::Listed;
use crate::condition::{Scope, Truth};
use crate::plan::given::GivenPlan;
use crate::plan::{Start, Status};
use crate::suggest::{excerpt, nearest};
use std::collections::HashMap;

/// The plans with what was looked up for each, and the servers.
pub(super) struct Assign<'a> {
    pub(super) plans: &'a [&'a GivenPlan],
    pub(super) listed: &'a [Listed<'a>],
    pub(super) servers: &'a [Server<'a>],
}

/// For each plan its servers, and the servers that are left.
#[derive(Debug)]
pub(super) struct Assigned {
    pub(super) servers: Vec<Vec<usize>>,
    /// Servers that no plan is for although they need one, where plans name servers.
    pub(super) without: Vec<usize>,
}

/// Among more servers than this no likely slip is looked for.
const MOST_COMPARED: usize = 1000;

impl Assign<'_> {
    /// Assigns the servers, and enters plans that are for none or for one that has a plan already. `start` gives what is
    /// known of a server, and `status` what planning says of it.
    pub(super) fn run(
        &self,
        found: &mut [Found],
        start: &dyn Fn(usize) -> Option<Start>,
        status: &dyn Fn(usize) -> Option<Status>,
    ) -> Assigned {
        let mut servers: Vec<Vec<usize>> = vec![Vec::new(); self.plans.len()];
        let mut first: HashMap<usize, usize> = HashMap::new();
        self.named(&mut servers, &mut first, found);
        let general: Vec<usize> = (0..self.plans.len()).filter(|at| self.plans[*at].host.is_none()).collect();
        let mut left = Vec::new();
        for server in (0..self.servers.len()).filter(|server| !first.contains_key(server)) {
            let chosen = if general.is_empty() { Vec::new() } else { self.general(&general, start(server).as_ref()) };
            for (number, plan) in chosen.iter().enumerate() {
                servers[*plan].push(server);
                if number > 0 {
                    found[*plan].server(server, self.second(*plan, None));
                }
            }
            if chosen.is_empty() {
                left.push(server);
            }
        }
        self.for_none(&general, &servers, found);
        let needs_plan = |server: &usize| !matches!(status(*server), None | Some(Status::NotApplicable | Status::Done));
        let names_servers = self.plans.iter().any(|plan| plan.host.is_some());
        let without: Vec<usize> = left.into_iter().filter(needs_plan).collect();
        match general.iter().find(|plan| !servers[**plan].is_empty()) {
            Some(plan) if !names_servers => {
                for server in without {
                    found[*plan].server(server, self.left_out(*plan));
                }
                Assigned { servers, without: Vec::new() }
            }
            _ => Assigned { servers, without: if names_servers { without } else { Vec::new() } },
        }
    }

    /// Plans that name their server.
    fn named(&self, servers: &mut [Vec<usize>], first: &mut HashMap<usize, usize>, found: &mut [Found]) {
        let by_name: HashMap<String, usize> =
            self.servers.iter().enumerate().map(|(at, server)| (server.host.to_lowercase(), at)).collect();
        for (at, plan) in self.plans.iter().enumerate() {
            let Some(host) = &plan.host else { continue };
            let Some(server) = by_name.get(&host.value.to_lowercase()) else {
                // To compare every name with every other is too much where there are many.
                let names = self.servers.iter().map(|server| server.host);
                let near = if self.servers.len() <= MOST_COMPARED { nearest(&host.value, names) } else { None };
                found[at].plan(Finding {
                    code: Code::UnknownHost,
                    severity: Severity::Violated,
                    span: host.span,
                    message: format!("the server `{}` is not among the facts", excerpt(&host.value)),
                    expected: "a server of the facts".to_owned(),
                    help: near.map_or_else(
                        || "record its facts, or take the plan out".to_owned(),
                        |near| format!("did you mean `{}`?", excerpt(near)),
                    ),
                    about: About::default(),
                });
                continue;
            };
            match first.get(server) {
                Some(_) => found[at].server(*server, self.second(at, Some(&host.value))),
                None => drop(first.insert(*server, at)),
            }
            servers[at].push(*server);
        }
    }

    /// The plans without a server whose scenario is chosen for this one; where none is for certain, those that may be.
    fn general(&self, general: &[usize], start: Option<&Start>) -> Vec<usize> {
        let Some(start) = start else { return Vec::new() };
        let scope = Scope { facts: &start.facts, parameters: &[] };
        let applies = |plan: &usize| {
            let scenario = self.listed[*plan].scenario;
            scenario.map_or(Truth::False, |scenario| scope.evaluate(&scenario.applies_when))
        };
        let of = |wanted: Truth| general.iter().copied().filter(|plan| applies(plan) == wanted).collect::<Vec<_>>();
        let certain = of(Truth::True);
        if certain.is_empty() { of(Truth::Unknown) } else { certain }
    }

    /// Plans without a server that are for none of them.
    fn for_none(&self, general: &[usize], servers: &[Vec<usize>], found: &mut [Found]) {
        for plan in general {
            let given = self.plans[*plan];
            let (Some(named), Some(_)) = (&given.scenario, self.listed[*plan].scenario) else { continue };
            if servers[*plan].is_empty() {
                found[*plan].plan(Finding {
                    code: Code::DoesNotApply,
                    severity: Severity::Violated,
                    span: named.span,
                    message: format!("`{}` is chosen for no server that has no plan of its own", named.value),
                    expected: "a server that the scenario is chosen for".to_owned(),
                    help: "name another scenario, or give the facts of its servers; cutover plan FACTS says which each needs"
                        .to_owned(),
                    about: About::default(),
                });
            }
        }
    }

    fn second(&self, plan: usize, host: Option<&str>) -> Finding {
        let given = self.plans[plan];
        let scenario = || given.scenario.as_ref().map_or(given.start, |scenario| scenario.span);
        let span = given.host.as_ref().map_or_else(scenario, |host| host.span);
        let message = host.map_or_else(
            || "another plan of this scenario is for the same servers".to_owned(),
            |host| format!("the server `{}` has another plan already", excerpt(host)),
        );
        Finding {
            code: Code::Twice,
            severity: Severity::Violated,
            span,
            message,
            expected: "one plan a server".to_owned(),
            help: "take one of the two out".to_owned(),
            about: About::default(),
        }
    }

    fn left_out(&self, plan: usize) -> Finding {
        let given = self.plans[plan];
        Finding {
            code: Code::DoesNotApply,
            severity: Severity::Note,
            span: given.scenario.as_ref().map_or(given.start, |scenario| scenario.span),
            message: "servers that need a migration are left out: the scenario is for others".to_owned(),
            expected: "a plan for each scenario that the servers need".to_owned(),
            help: "write a plan for them too; cutover plan FACTS says which scenario each needs".to_owned(),
            about: About::default(),
        }
    }
}
