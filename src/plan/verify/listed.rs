//! What a plan says without looking at a server: its scenario, its steps and their order, its parameters and its budget.

use super::code::{Code, Severity};
use super::finding::{About, Finding, Found};
use crate::catalog::{Catalog, InvariantKind, Scenario};
use crate::fact::Value;
use crate::plan::given::{GivenPlan, Placed, Source};
use crate::plan::walk::predecessors;
use crate::suggest::{excerpt, nearest};
use crate::yaml::Span;
use std::sync::Arc;

/// A plan whose names were looked up.
pub(super) struct Listed<'c> {
    /// The scenario, where there is one of that name.
    pub(super) scenario: Option<&'c Scenario>,
    /// The steps that exist, each once, by their positions in the scenario, in the order of the plan.
    pub(super) steps: Vec<usize>,
    /// For each of them its position in the plan.
    pub(super) given: Vec<usize>,
    /// The parameters of the plan, and those that were given besides.
    pub(super) parameters: Vec<(Arc<str>, Value)>,
    /// The parameters that are missing.
    pub(super) missing: Vec<Arc<str>>,
}

impl Listed<'_> {
    /// Where a step stands in the plan; at the list of steps where it does not.
    pub(super) fn place(&self, plan: &GivenPlan, step: usize) -> Span {
        let at = self.steps.iter().position(|known| *known == step);
        at.map_or(plan.steps_at, |at| plan.steps[self.given[at]].id.span)
    }
}

/// Looks everything up, and enters what is wrong.
pub(super) fn listed<'c>(
    catalog: &'c Catalog,
    source: &Source,
    plan: &GivenPlan,
    besides: &[(Arc<str>, Value)],
    found: &mut Found,
) -> Listed<'c> {
    let mut listed =
        Listed { scenario: None, steps: Vec::new(), given: Vec::new(), parameters: besides.to_vec(), missing: Vec::new() };
    budgets(catalog, plan, found);
    if let Some(digest) = plan.recorded.as_ref().and_then(|recorded| recorded.catalog.as_ref())
        && digest.value != catalog.digest()
    {
        found.plan(Finding {
            code: Code::OtherCatalog,
            severity: Severity::Violated,
            span: digest.span,
            message: "the plan was made with another catalog".to_owned(),
            expected: catalog.digest().to_owned(),
            help: "make the plan anew with cutover plan, or name the catalog that it was made with after --catalog".to_owned(),
            about: About::default(),
        });
    }
    let Some(named) = &plan.scenario else { return listed };
    let Some(scenario) = catalog.scenario(&named.value) else {
        found.plan(unknown_scenario(catalog, named));
        return listed;
    };
    listed.scenario = Some(scenario);
    steps(catalog, source, scenario, plan, &mut listed, found);
    order(source, scenario, plan, &listed, found);
    if plan.recorded.is_some() {
        missing_steps(scenario, plan, &listed, found);
    }
    parameters(catalog, scenario, plan, &mut listed, found);
    listed
}

fn unknown_scenario(catalog: &Catalog, named: &Placed<String>) -> Finding {
    let ids = || catalog.scenarios().iter().map(|scenario| &*scenario.id);
    Finding {
        code: Code::UnknownScenario,
        severity: Severity::Violated,
        span: named.span,
        message: format!("there is no scenario `{}`", excerpt(&named.value)),
        expected: format!("one of {}", ids().collect::<Vec<_>>().join(", ")),
        help: did_you_mean(&named.value, ids(), "cutover scenarios list shows what each is for"),
        about: About::default(),
    }
}

fn did_you_mean<'n>(found: &str, names: impl Iterator<Item = &'n str>, otherwise: &str) -> String {
    nearest(found, names).map_or_else(|| otherwise.to_owned(), |near| format!("did you mean `{near}`?"))
}

fn steps(catalog: &Catalog, source: &Source, scenario: &Scenario, plan: &GivenPlan, listed: &mut Listed<'_>, found: &mut Found) {
    let mut unknown: Vec<&str> = Vec::new();
    for (given, step) in plan.steps.iter().enumerate() {
        let id = &step.id.value;
        match scenario.step(id) {
            Some(index) => {
                if let Some(first) = listed.steps.iter().position(|known| *known == index) {
                    let first = source.lines(plan.steps[listed.given[first]].id.span);
                    found.plan(twice(id, step.id.span, &format!("line {}, column {}", first.line, first.column)));
                } else {
                    listed.steps.push(index);
                    listed.given.push(given);
                }
            }
            None if unknown.contains(&id.as_str()) => found.plan(twice(id, step.id.span, "further up")),
            None => {
                unknown.push(id);
                found.plan(unknown_step(catalog, scenario, &step.id));
            }
        }
    }
}

fn twice(id: &str, span: Span, first: &str) -> Finding {
    Finding {
        code: Code::StepTwice,
        severity: Severity::Violated,
        span,
        message: format!("the step `{}` is there twice, first at {first}", excerpt(id)),
        expected: "each step once".to_owned(),
        help: "take one of the two out".to_owned(),
        about: About::step(id),
    }
}

fn unknown_step(catalog: &Catalog, scenario: &Scenario, id: &Placed<String>) -> Finding {
    let others: Vec<&str> =
        catalog.scenarios().iter().filter(|other| other.step(&id.value).is_some()).map(|other| &*other.id).collect();
    let name = excerpt(&id.value);
    let (message, help) = if others.is_empty() {
        let names = scenario.steps.iter().map(|step| &*step.id);
        let help = did_you_mean(&id.value, names, &format!("cutover scenarios show {} lists its steps", scenario.id));
        (format!("the scenario `{}` has no step `{name}`", scenario.id), help)
    } else {
        let message = format!("`{name}` is a step of `{}`, and not of `{}`", others.join("`, `"), scenario.id);
        (message, "take it out, or name the scenario that it belongs to".to_owned())
    };
    Finding {
        code: Code::UnknownStep,
        severity: Severity::Violated,
        span: id.span,
        message,
        expected: format!("a step of `{}`", scenario.id),
        help,
        about: About::step(&id.value),
    }
}

/// A step above one that it follows; through steps that are not listed the edges stay.
fn order(source: &Source, scenario: &Scenario, plan: &GivenPlan, listed: &Listed<'_>, found: &mut Found) {
    for (at, step) in listed.steps.iter().enumerate() {
        for from in predecessors(scenario, *step, &listed.steps) {
            let Some(later) = listed.steps.iter().position(|known| *known == from).filter(|later| *later > at) else { continue };
            let (id, earlier) = (&scenario.steps[*step].id, &scenario.steps[from].id);
            let edge = scenario.steps[*step].after.iter().find(|edge| edge.from == from);
            let why = edge.map_or_else(
                || " (by way of a step that is not listed)".to_owned(),
                |edge| {
                    let because = edge.because.as_ref().map(|because| format!(": {because}")).unwrap_or_default();
                    format!(" ({}{because})", edge.kind.name())
                },
            );
            let other = source.lines(plan.steps[listed.given[later]].id.span);
            found.plan(Finding {
                code: Code::Order,
                severity: Severity::Violated,
                span: plan.steps[listed.given[at]].id.span,
                message: format!("`{id}` stands before `{earlier}`, which it follows{why}"),
                expected: format!("below `{earlier}`, which is at line {}, column {}", other.line, other.column),
                help: format!("move `{id}` down or `{earlier}` up; cutover scenarios graph {} draws the edges", scenario.id),
                about: About::step(id),
            });
        }
    }
}

/// A plan that a program made lists every step.
fn missing_steps(scenario: &Scenario, plan: &GivenPlan, listed: &Listed<'_>, found: &mut Found) {
    let article_only = plan.recorded.as_ref().is_some_and(|recorded| recorded.without_supplements);
    for (index, step) in scenario.steps.iter().enumerate() {
        if listed.steps.contains(&index) || article_only && step.supplement.is_some() {
            continue;
        }
        found.plan(Finding {
            code: Code::MissingStep,
            severity: Severity::Violated,
            span: plan.steps_at,
            message: format!("the step `{}` is missing", step.id),
            expected: format!("every step of `{}`, those that are left out too", scenario.id),
            help: "make the plan anew with cutover plan".to_owned(),
            about: About::step(&step.id),
        });
    }
}

fn parameters(catalog: &Catalog, scenario: &Scenario, plan: &GivenPlan, listed: &mut Listed<'_>, found: &mut Found) {
    for (name, value) in &plan.parameters {
        let Some(spec) = scenario.parameter(&name.value) else {
            found.plan(unknown_parameter(catalog, scenario, name));
            continue;
        };
        match spec.parse(&value.value) {
            Ok(parsed) => {
                listed.parameters.retain(|(known, _)| *known != spec.name);
                listed.parameters.push((Arc::clone(&spec.name), parsed));
            }
            Err(error) => {
                found.plan(Finding {
                    code: Code::WrongParameter,
                    severity: Severity::Violated,
                    span: value.span,
                    message: format!("the parameter `{}`: {error}", spec.name),
                    expected: error.expected().to_owned(),
                    help: format!("write {}: {}", spec.name, spec.spec.about()),
                    about: About::parameter(&spec.name),
                });
                listed.parameters.retain(|(known, _)| *known != spec.name);
                listed.missing.push(Arc::clone(&spec.name));
            }
        }
    }
    for spec in scenario.parameters.iter().filter(|spec| !spec.optional && spec.default.is_none()) {
        if listed.missing.contains(&spec.name) || listed.parameters.iter().any(|(known, _)| *known == spec.name) {
            continue;
        }
        found.plan(Finding {
            code: Code::MissingParameter,
            severity: Severity::Violated,
            span: plan.parameters_at,
            message: format!("the parameter `{}` is missing", spec.name),
            expected: format!("a {}: {}", spec.type_name(), spec.spec.about()),
            help: format!("write it under `parameters`, or give it with --set {}=VALUE", spec.name),
            about: About::parameter(&spec.name),
        });
        listed.missing.push(Arc::clone(&spec.name));
    }
}

fn unknown_parameter(catalog: &Catalog, scenario: &Scenario, name: &Placed<String>) -> Finding {
    let others: Vec<&str> =
        catalog.scenarios().iter().filter(|other| other.parameter(&name.value).is_some()).map(|other| &*other.id).collect();
    let own = || scenario.parameters.iter().map(|spec| &*spec.name);
    let listing = match own().collect::<Vec<_>>() {
        none if none.is_empty() => format!("`{}` has no parameters", scenario.id),
        names => format!("one of {}", names.join(", ")),
    };
    let help = if others.is_empty() {
        did_you_mean(&name.value, own(), "take it out")
    } else {
        format!("take it out; it is a parameter of `{}`", others.join("`, `"))
    };
    Finding {
        code: Code::UnknownParameter,
        severity: Severity::Violated,
        span: name.span,
        message: format!("the scenario `{}` has no parameter `{}`", scenario.id, excerpt(&name.value)),
        expected: listing,
        help,
        about: About::parameter(&name.value),
    }
}

/// Budgets of what is no exposure.
fn budgets(catalog: &Catalog, plan: &GivenPlan, found: &mut Found) {
    let exposures = || catalog.invariants().iter().filter(|one| one.kind == InvariantKind::Exposure).map(|one| &*one.id);
    for (name, _) in plan.budget.exposures.iter().filter(|(name, _)| !exposures().any(|id| id == name.value)) {
        let forbidden = catalog.invariants().iter().any(|one| *one.id == *name.value);
        let message = if forbidden {
            format!("`{}` is forbidden, and no exposure to have a budget", name.value)
        } else {
            format!("there is no exposure `{}`", excerpt(&name.value))
        };
        let help = if forbidden {
            "take it out: no plan may make it true".to_owned()
        } else {
            did_you_mean(&name.value, exposures().chain(["restarts"]), "cutover explain NAME says what each is")
        };
        found.plan(Finding {
            code: Code::UnknownInvariant,
            severity: Severity::Violated,
            span: name.span,
            message,
            expected: format!("restarts, or one of {}", exposures().collect::<Vec<_>>().join(", ")),
            help,
            about: About::invariant(&name.value),
        });
    }
}
