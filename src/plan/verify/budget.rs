//! What a plan costs on a server, against the budget that it has.
//!
//! A budget is held to what may happen. Where that is over it only because of what is not known of the server, the finding
//! says so.

use super::certain::{certain_exposures, certain_reboots};
use super::code::{Code, Severity};
use super::finding::{About, Finding, Found};
use super::server::OnServer;
use crate::plan::given::{Figures, Placed};
use crate::plan::words::count;
use crate::plan::{Exposure, Plan, Reboots, Status};
use crate::yaml::Span;

/// Enters what is over the budget.
pub(super) fn check(on: &OnServer<'_>, planned: &Plan<'_>, found: &mut Found) {
    let budget = &on.given.budget;
    // With everything known what may happen is what counts.
    let is_open = matches!(planned.status, Status::Undetermined | Status::ReadyIf);
    if let Some(allowed) = &budget.restarts {
        let all = |reboots: Reboots| reboots.certain + reboots.possible;
        let (most, certain) = (planned.reboots, if is_open { certain_reboots(planned) } else { planned.reboots });
        let possible = if most.possible > 0 { format!(", of which {} may not be needed", most.possible) } else { String::new() };
        let what = format!("the plan has {}{possible}", count(all(most), "restart", "restarts"));
        over(on, allowed, [all(most), all(certain)], &what, About::default(), found);
    }
    for (name, figures) in &budget.exposures {
        let most: Vec<Exposure> = planned.exposures.iter().filter(|one| *one.invariant == *name.value).cloned().collect();
        let certain = if is_open { certain_exposures(planned, &name.value) } else { most.clone() };
        if let Some(open) = most.iter().find(|one| one.closes.is_none()) {
            let severity = if certain.iter().any(|one| one.closes.is_none()) { Severity::Violated } else { Severity::NotKnown };
            found.server(on.server, stays_open(planned, &name.value, name.span, open, severity));
        } else {
            exposure(on, name, figures, [&most, &certain], found);
        }
    }
}

/// The figures of an exposure: those of what may happen, and those of what is certain.
fn exposure(on: &OnServer<'_>, name: &Placed<String>, figures: &Figures, of: [&[Exposure]; 2], found: &mut Found) {
    let name = &name.value;
    let minutes = of.map(|these| {
        let sum: u32 = these.iter().map(|one| one.minutes).sum();
        usize::try_from(sum).unwrap_or(usize::MAX)
    });
    let reboots = of.map(|these| these.iter().map(|one| one.reboots).sum::<usize>());
    let steps = of.map(|these| these.iter().map(|one| one.steps).sum::<usize>());
    for (allowed, numbers, what) in [
        (&figures.minutes, minutes, format!("{name} takes {}", count(minutes[0], "minute", "minutes"))),
        (&figures.reboots, reboots, format!("{name} has {} inside", count(reboots[0], "restart", "restarts"))),
        (&figures.steps, steps, format!("{name} takes {}", count(steps[0], "step", "steps"))),
    ] {
        if let Some(allowed) = allowed {
            over(on, allowed, numbers, &what, About::invariant(name), found);
        }
    }
}

fn stays_open(planned: &Plan<'_>, name: &str, span: Span, open: &Exposure, severity: Severity) -> Finding {
    let from = open.opens.map_or_else(|| "from the start".to_owned(), |at| format!("after `{}`", planned.steps[at].step.id));
    let for_certain = if severity == Severity::Violated { "no step" } else { "as far as is known no step" };
    Finding {
        code: Code::OverBudget,
        severity,
        span,
        message: format!("{name} opens {from}, and {for_certain} of the plan closes it"),
        expected: "an end of it".to_owned(),
        help: "list the step that ends it; cutover plan FACTS shows which one does".to_owned(),
        about: About::invariant(name),
    }
}

fn over(on: &OnServer<'_>, allowed: &Placed<u32>, [most, certain]: [usize; 2], what: &str, about: About, found: &mut Found) {
    let within = |number: usize| usize::try_from(allowed.value).is_ok_and(|allowed| number <= allowed);
    if within(most) {
        return;
    }
    let (severity, perhaps) =
        if within(certain) { (Severity::NotKnown, ", with what is not known counted") } else { (Severity::Violated, "") };
    found.server(
        on.server,
        Finding {
            code: Code::OverBudget,
            severity,
            span: allowed.span,
            message: format!("{what}{perhaps}, and the budget allows {}", allowed.value),
            expected: format!("at least {most}"),
            help: "change the order (cutover plan --order least-exposure, or fewest-reboots), or the budget".to_owned(),
            about,
        },
    );
}
