//! A plan as something to carry out: its names looked up, and what it says of itself judged.

use super::code::Code;
use super::document::FindingDocument;
use super::sight::Recorded;
use crate::catalog::{Catalog, Scenario};
use crate::fact::Value;
use crate::plan::given::{GivenPlan, Source};
use crate::plan::verify::Code as PlanCode;
use crate::plan::{Order, Request, Status};
use crate::suggest::excerpt;
use std::sync::Arc;

/// The parameter that says who performs the steps on the server.
const HOST_STEPS: &str = "host_steps";
/// Its value where this program does.
const CUTOVER: &str = "cutover";

/// A plan to carry out.
#[derive(Clone, Debug)]
pub struct Job<'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) source: &'c Source,
    pub(super) given: &'c GivenPlan,
    pub(super) scenario: &'c Scenario,
    /// The server that the plan is for.
    pub(super) host: String,
    /// The steps by their positions in the scenario, in the order of the plan.
    pub(super) steps: Vec<usize>,
    /// The order in which a run that goes on plans again.
    again: Order,
    pub(super) parameters: Vec<(Arc<str>, Value)>,
    /// What the plan recorded of each fact.
    pub(super) recorded: Recorded,
    /// Whether the steps on the server are this program's to perform.
    pub(super) acts: bool,
}

impl<'c> Job<'c> {
    /// Looks a plan up; `set` are the parameters that were given anew.
    ///
    /// # Errors
    ///
    /// With every reason why the plan is not carried out, whatever the server is like.
    pub fn read(
        catalog: &'c Catalog,
        source: &'c Source,
        given: &'c GivenPlan,
        set: &[(Arc<str>, Value)],
    ) -> Result<Self, Vec<FindingDocument>> {
        let refuse = |code: &'static str, message: String, help: &str| vec![FindingDocument::no(code, message, help)];
        let anew = "make the plan anew with cutover plan";
        let Some(recorded) = &given.recorded else {
            let message = "the plan was written by hand and records neither the server nor the facts that it rests on".to_owned();
            return Err(refuse(
                Code::HandWritten.name(),
                message,
                "make one with cutover plan FACTS --format json, and look at it",
            ));
        };
        let Some(host) = &given.host else {
            return Err(refuse(Code::NoHost.name(), "the plan names no server".to_owned(), anew));
        };
        let Some(named) = &given.scenario else {
            return Err(refuse(
                Code::NoScenario.name(),
                "no scenario was chosen, so that there is nothing to carry out".to_owned(),
                anew,
            ));
        };
        let Some(scenario) = catalog.scenario(&named.value) else {
            let message = format!("there is no scenario `{}`", excerpt(&named.value));
            return Err(refuse(PlanCode::UnknownScenario.name(), message, anew));
        };
        let mut found = Vec::new();
        match &recorded.catalog {
            Some(digest) if digest.value == catalog.digest() => {}
            Some(_) => found.push(FindingDocument::no(
                PlanCode::OtherCatalog.name(),
                "the plan was made with another catalog".to_owned(),
                "make the plan anew, or name the catalog that it was made with after --catalog",
            )),
            None => found.push(FindingDocument::no(
                PlanCode::OtherCatalog.name(),
                "the plan does not say which catalog it was made with".to_owned(),
                anew,
            )),
        }
        if scenario.checks_as_it_goes {
            let message =
                format!("`{}` tells what the vendor's own script does, stage by stage, and is not carried out", scenario.id);
            found.push(FindingDocument::no(
                Code::AsItGoes.name(),
                message,
                "run the script itself, or plan under another scenario",
            ));
        }
        if recorded.without_supplements {
            let message = "the plan leaves out the steps that the article lacks, to show its hazards".to_owned();
            found.push(FindingDocument::no(
                Code::WithoutSupplements.name(),
                message,
                "make the plan anew without --without-supplements",
            ));
        }
        found.extend(status(&recorded.status.value));
        let mut job = Self {
            catalog,
            source,
            given,
            scenario,
            host: host.value.clone(),
            steps: given.steps.iter().filter_map(|step| scenario.step(&step.id.value)).collect(),
            again: Order::Documented,
            parameters: Vec::new(),
            recorded: vec![None; catalog.vocabulary().len()],
            acts: true,
        };
        job.again = match recorded.order.as_deref() {
            Some("least-exposure") => Order::LeastExposure,
            Some("fewest-reboots") => Order::FewestReboots,
            _ => Order::Listed(job.steps.clone()),
        };
        for (name, value) in &given.parameters {
            // What is wrong with a name or a value is found at its place when the plan is verified.
            if let Some(spec) = scenario.parameter(&name.value)
                && let Ok(value) = spec.parse(&value.value)
            {
                job.parameters.push((Arc::clone(&spec.name), value));
            }
        }
        for (name, was) in &recorded.facts_read {
            if let Some(fact) = catalog.vocabulary().find(&name.value) {
                job.recorded[fact.index()] = Value::from_json(catalog.vocabulary().spec(fact), &was.to_plain_json()).ok();
            }
        }
        found.extend(job.set(set));
        if found.is_empty() { Ok(job) } else { Err(found) }
    }

    /// Takes parameters that were given anew: only who performs the steps on the server may be another than the plan says.
    fn set(&mut self, set: &[(Arc<str>, Value)]) -> Vec<FindingDocument> {
        let mut found = Vec::new();
        for (name, value) in set.iter().filter(|(name, _)| **name != *HOST_STEPS) {
            if self.parameter(name) != Some(value) {
                let message = format!("the plan was made with another value of the parameter `{name}`, or without it");
                let help = format!("make the plan anew with --set {name}=VALUE; only {HOST_STEPS} may be given anew");
                found.push(FindingDocument::no(Code::OtherParameter.name(), message, &help));
            }
        }
        let anew = set.iter().find(|(name, _)| **name == *HOST_STEPS).map(|(_, value)| value);
        if let Some(spec) = self.scenario.parameter(HOST_STEPS) {
            let value = anew.or_else(|| self.parameter(HOST_STEPS)).or(spec.default.as_ref());
            self.acts = value.is_some_and(|value| value.to_string() == CUTOVER);
        }
        found
    }

    fn parameter(&self, name: &str) -> Option<&Value> {
        self.parameters.iter().find(|(known, _)| **known == *name).map(|(_, value)| value)
    }

    /// Who performs the steps on the server, as the parameter has it.
    pub fn host_steps(&self) -> &'static str {
        if self.acts { CUTOVER } else { "console" }
    }

    /// What is asked of the planner for these steps in this order.
    pub(super) fn listed(&self, steps: Vec<usize>) -> Request {
        self.request(Order::Listed(steps))
    }

    /// What is asked of the planner by a run that goes on.
    pub(super) fn again(&self) -> Request {
        self.request(self.again.clone())
    }

    fn request(&self, order: Order) -> Request {
        let scenario = Some(self.scenario.id.to_string());
        Request { scenario, parameters: self.parameters.clone(), order, without_supplements: false }
    }

    /// Whether a server of this name is the one that the plan is for.
    pub fn is_for(&self, name: &str) -> bool {
        is_same_host(&self.host, name)
    }
}

/// Whether two names are of one server.
///
/// They compare without regard to case. Where only one of the two is a full name, its first label has to be the other: then
/// nothing says that they are two. Two full names with the same first label are two servers.
pub fn is_same_host(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    let first = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    one == other || (one.contains('.') != other.contains('.')) && first(&one) == first(&other)
}

/// What the plan says of its server, where that is no reason to begin.
fn status(status: &str) -> Option<FindingDocument> {
    let fine = [Status::Ready, Status::Done, Status::ReadyIf].map(Status::name);
    if fine.contains(&status) {
        return None;
    }
    let message = format!("the plan says {} of the server, and only one that is ready is carried out", excerpt(status));
    let help = "cutover explain FACTS says why, and what would change that";
    let finding = FindingDocument::no(Code::NotReady.name(), message, help);
    Some(if status == Status::Undetermined.name() { finding.not_known() } else { finding })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_label_is_the_name_of_a_server_and_two_full_names_are_two_servers() {
        for (one, other, same) in [
            ("SRV-1.corp.example", "srv-1.CORP.example", true),
            ("srv-1", "SRV-1.corp.example", true),
            ("srv-1.corp.example", "srv-1", true),
            ("srv-1.corp.example", "srv-1.branch.example", false),
            ("srv-1", "srv-10", false),
            ("srv-1", "srv-10.corp.example", false),
            ("", ".example", true),
        ] {
            assert_eq!(is_same_host(one, other), same, "{one} {other}");
        }
    }
}
