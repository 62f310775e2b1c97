//! The verdict as a document, `cutover/findings/v1`.

use super::code::{Code, Severity};
use super::finding::{About, Finding, Found};
use super::listed::Listed;
use super::{Question, Verdict};
use crate::plan::given::{Excerpt, Lines};
use crate::plan::words::count;
use crate::suggest::excerpt;
use crate::yaml::Span;
use schemars::JsonSchema;
use serde::Serialize;

/// The schema that a verdict names.
pub const SCHEMA: &str = "cutover/findings/v1";

/// Whether plans hold, and what does not.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct VerdictDocument {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// `holds`, `violated`, or `not_known` where not enough is known.
    pub verdict: &'static str,
    /// The plans, in the order in which they were given.
    pub plans: Vec<PlanVerdict>,
    /// What does not hold, what is not known, and what is worth saying: by plan and place.
    pub findings: Vec<FindingDocument>,
    /// How many there are of each.
    pub totals: TotalsDocument,
}

/// Whether one plan holds.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct PlanVerdict {
    /// The plan's file as it was named.
    pub file: String,
    /// The line that it begins on, from 1.
    pub line: usize,
    /// The scenario that it names; null where it names none.
    pub scenario: Option<String>,
    /// The server that it names; null where it is for every server of its scenario.
    pub host: Option<String>,
    /// `holds`, `violated` or `not_known`.
    pub verdict: &'static str,
    /// The servers that it is for.
    pub servers: Vec<ServerVerdict>,
}

/// Whether a plan holds on a server.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ServerVerdict {
    /// The server.
    pub host: String,
    /// `holds`, `violated` or `not_known`.
    pub verdict: &'static str,
}

/// Something that does not hold, is not known, or is worth saying.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct FindingDocument {
    /// The kind of finding; `cutover explain CODE` prints its page.
    pub code: &'static str,
    /// `violated`, `not_known` or `note`.
    pub severity: &'static str,
    /// What is wrong, as a sentence in lower case.
    pub message: String,
    /// What was expected there.
    pub expected: String,
    /// What to do.
    pub help: String,
    /// The file: the plan's, or that of the facts for a server without a plan.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The line of the end.
    pub end_line: usize,
    /// The column just behind the end.
    pub end_column: usize,
    /// The position of the plan in `plans`, from 0; null for a server without a plan.
    pub plan: Option<usize>,
    /// The servers that it was found on; empty where it is about the plan whichever the server.
    pub hosts: Vec<String>,
    /// The step that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The fact that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// The parameter that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// The invariant that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invariant: Option<String>,
    /// The lines around it, for showing them.
    #[serde(skip)]
    pub excerpt: Option<Excerpt>,
}

/// How many there are of each.
#[derive(Clone, Copy, Debug, Default, JsonSchema, Serialize)]
pub struct TotalsDocument {
    /// The plans.
    pub plans: usize,
    /// The servers of the plans, once for each plan; a server that needs a plan and has none counts too.
    pub servers: usize,
    /// Of these servers those where everything holds.
    pub holds: usize,
    /// Those where something is violated.
    pub violated: usize,
    /// Those where not enough is known.
    pub not_known: usize,
    /// The findings, of every severity.
    pub findings: usize,
}

/// The document of what was found.
pub(super) fn document(
    question: &Question<'_>,
    listed: &[Listed<'_>],
    found: Vec<Found>,
    servers: &[Vec<usize>],
    without: &[usize],
) -> VerdictDocument {
    let host = |server: &usize| question.servers[*server].host.to_owned();
    let mut totals = TotalsDocument { plans: question.plans.len(), ..TotalsDocument::default() };
    let mut plans = Vec::with_capacity(found.len());
    let mut findings = Vec::new();
    for (at, found) in found.into_iter().enumerate() {
        let (given, names) = (&question.plans[at], &servers[at]);
        let of_plan = Verdict::of(found.worst_of_plan());
        let mut of_servers: Vec<ServerVerdict> = names
            .iter()
            .map(|server| ServerVerdict { host: host(server), verdict: Verdict::of(found.worst_of(*server)).name() })
            .collect();
        if let (true, Some(named)) = (of_servers.is_empty(), &given.plan.host) {
            of_servers.push(ServerVerdict { host: named.value.clone(), verdict: of_plan.name() });
        }
        for server in &of_servers {
            totals.add(server.verdict);
        }
        let verdicts = of_servers.iter().map(|server| server.verdict).chain([of_plan.name()]);
        plans.push(PlanVerdict {
            file: given.source.file().to_string(),
            line: given.source.lines(given.plan.start).line,
            scenario: listed[at]
                .scenario
                .map(|scenario| scenario.id.to_string())
                .or_else(|| given.plan.scenario.as_ref().map(|named| named.value.clone())),
            host: given.plan.host.as_ref().map(|host| host.value.clone()),
            verdict: worst(verdicts),
            servers: of_servers,
        });
        let mut of_plan: Vec<_> = found.findings;
        of_plan.sort_by_key(|(finding, servers)| (finding.span.offset, finding.code, servers.first().copied()));
        findings.extend(of_plan.into_iter().map(|(finding, servers)| {
            let lines = given.source.lines(finding.span);
            let excerpt = given.source.excerpt(finding.span);
            let hosts = servers.iter().map(host).collect();
            row(finding, given.source.file(), lines, Some(at), hosts, Some(excerpt))
        }));
    }
    for server in without {
        totals.add(Verdict::Violated.name());
        let server = &question.servers[*server];
        let lines = Lines { line: server.line, column: 1, end_line: server.line, end_column: 1 };
        findings.push(row(without_plan(question, server.host), server.file, lines, None, vec![server.host.to_owned()], None));
    }
    totals.findings = findings.len();
    let verdict = worst(plans.iter().map(|plan| plan.verdict).chain((!without.is_empty()).then(|| Verdict::Violated.name())));
    VerdictDocument { schema: SCHEMA, verdict, plans, findings, totals }
}

impl TotalsDocument {
    fn add(&mut self, verdict: &str) {
        self.servers += 1;
        match verdict {
            "violated" => self.violated += 1,
            "not_known" => self.not_known += 1,
            _ => self.holds += 1,
        }
    }
}

/// The worst decides: violated, then not known, then holds.
fn worst(verdicts: impl Iterator<Item = &'static str>) -> &'static str {
    let mut worst = Verdict::Holds.name();
    for verdict in verdicts {
        if verdict == Verdict::Violated.name() || worst == Verdict::Holds.name() {
            worst = verdict;
        }
    }
    worst
}

fn without_plan(question: &Question<'_>, host: &str) -> Finding {
    Finding {
        code: Code::ServerWithoutPlan,
        severity: Severity::Violated,
        span: Span::default(),
        message: format!("no plan is for the server `{}`, which needs a migration", excerpt(host)),
        expected: format!("a plan for it among the {}", count(question.plans.len(), "plan", "plans")),
        help: "make one with cutover plan, or take the server out of the facts".to_owned(),
        about: About::default(),
    }
}

fn row(
    finding: Finding,
    file: &str,
    lines: Lines,
    plan: Option<usize>,
    hosts: Vec<String>,
    excerpt: Option<Excerpt>,
) -> FindingDocument {
    let Finding { code, severity, message, expected, help, about, .. } = finding;
    FindingDocument {
        code: code.name(),
        severity: severity.name(),
        message,
        expected,
        help,
        file: file.to_owned(),
        line: lines.line,
        column: lines.column,
        end_line: lines.end_line,
        end_column: lines.end_column,
        plan,
        hosts,
        step: about.step,
        fact: about.fact,
        parameter: about.parameter,
        invariant: about.invariant,
        excerpt,
    }
}
