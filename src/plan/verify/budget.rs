//! What a plan costs on a server, against the budget that it has.

use super::code::{Code, Severity};
use super::finding::{About, Finding, Found};
use super::server::OnServer;
use crate::plan::given::Placed;
use crate::plan::words::count;
use crate::plan::{Exposure, Plan};

/// Enters what is over the budget.
pub(super) fn check(on: &OnServer<'_>, planned: &Plan<'_>, found: &mut Found) {
    let budget = &on.given.budget;
    let reboots = planned.reboots;
    if let Some(allowed) = &budget.restarts {
        let possible =
            if reboots.possible > 0 { format!(", of which {} may not be needed", reboots.possible) } else { String::new() };
        let what = format!("the plan has {}{possible}", count(reboots.certain + reboots.possible, "restart", "restarts"));
        over(on, allowed, reboots.certain + reboots.possible, &what, About::default(), found);
    }
    for (name, figures) in &budget.exposures {
        let stretches: Vec<&Exposure> = planned.exposures.iter().filter(|one| *one.invariant == *name.value).collect();
        let about = || About::invariant(&name.value);
        if let Some(open) = stretches.iter().find(|one| one.closes.is_none()) {
            let from =
                open.opens.map_or_else(|| "from the start".to_owned(), |at| format!("after `{}`", planned.steps[at].step.id));
            found.server(
                on.server,
                Finding {
                    code: Code::OverBudget,
                    severity: Severity::Violated,
                    span: name.span,
                    message: format!("{} opens {from}, and no step of the plan closes it", name.value),
                    expected: "an end of it".to_owned(),
                    help: "list the step that ends it; cutover plan FACTS shows which one does".to_owned(),
                    about: about(),
                },
            );
            continue;
        }
        let minutes: u32 = stretches.iter().map(|one| one.minutes).sum();
        let restarts: usize = stretches.iter().map(|one| one.reboots).sum();
        let steps: usize = stretches.iter().map(|one| one.steps).sum();
        let minutes = usize::try_from(minutes).unwrap_or(usize::MAX);
        let say = |number: usize, one: &str, many: &str| format!("{} takes {}", name.value, count(number, one, many));
        for (allowed, number, what) in [
            (&figures.minutes, minutes, say(minutes, "minute", "minutes")),
            (&figures.reboots, restarts, format!("{} has {} inside", name.value, count(restarts, "restart", "restarts"))),
            (&figures.steps, steps, say(steps, "step", "steps")),
        ] {
            if let Some(allowed) = allowed {
                over(on, allowed, number, &what, about(), found);
            }
        }
    }
}

fn over(on: &OnServer<'_>, allowed: &Placed<u32>, number: usize, what: &str, about: About, found: &mut Found) {
    if usize::try_from(allowed.value).is_ok_and(|most| number <= most) {
        return;
    }
    found.server(
        on.server,
        Finding {
            code: Code::OverBudget,
            severity: Severity::Violated,
            span: allowed.span,
            message: format!("{what}, and the budget allows {}", allowed.value),
            expected: format!("at least {number}"),
            help: "change the order (cutover plan --order least-exposure, or fewest-reboots), or the budget".to_owned(),
            about,
        },
    );
}
