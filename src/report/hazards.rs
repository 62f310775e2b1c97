//! The page on what goes wrong: counterexamples told for people.

use super::proof::counterexample;
use super::texts::Texts;
use crate::prove::document::{CounterexampleDocument, ProofDocument};
use std::fmt::Write as _;

/// A story worth telling, and how to find it among the counterexamples.
struct Hazard {
    title: &'static str,
    about: &'static str,
    property: char,
    step: &'static str,
    /// The fact or the invariant that it is about.
    about_what: &'static str,
}

const HAZARDS: [Hazard; 5] = [
    Hazard {
        title: "The same command is refused after its own restart",
        about: "The script asks for a restart and for being run again. The second run begins like the first, with the workspace, and that \
                is gone.",
        property: 'c',
        step: "remove-mma-workspace",
        about_what: "mma.workspaces",
    },
    Hazard {
        title: "No antivirus, because a policy is looked at too late",
        about: "On 2012 R2 the script removes SCEP and only then looks at the policy that switches Defender off. It refuses to go on, and \
                nothing protects the server.",
        property: 'c',
        step: "install-mde",
        about_what: "policy.disable_antispyware",
    },
    Hazard {
        title: "Passive mode is lost at onboarding",
        about: "The switch of the installer lasts until onboarding. Without the policy Defender then becomes active beside the product \
                that is active already.",
        property: 'b',
        step: "onboard",
        about_what: "two-active-antivirus",
    },
    Hazard {
        title: "Success is reported, and nothing is onboarded",
        about: "Where the onboarding script fails, the installer script warns and ends with 0. Nobody watches this server, and the old \
                sensor is parted from its workspace.",
        property: 'a',
        step: "",
        about_what: "sense.onboarded",
    },
    Hazard {
        title: "The workspace is gone before anything could refuse",
        about: "The script parts with the workspace first. Whatever it finds wrong after that, such as a leftover of Defender, \
                leaves a server that no sensor reports from.",
        property: 'c',
        step: "uninstall-scep",
        about_what: "defender.leftover",
    },
];

/// The whole page, from the proofs of the vendor's script and of the article to the letter.
pub fn page(script: &ProofDocument, letter: &[ProofDocument], texts: &Texts) -> String {
    let mut out = String::from(
        "# What goes wrong\n\nEvery story here was found by `cutover prove`, as the shortest way in which a property fails. Nobody \
         made them up, and each can be replayed: `cutover prove SCENARIO --save DIR` writes the server as a snapshot and says the command. \
         A server is told by what is unusual about it; [proof.md](proof.md) says what the properties are.\n\n\
         ## The vendor's script\n",
    );
    for (number, hazard) in HAZARDS.iter().enumerate() {
        let _ = write!(out, "\n### {}. {}\n\n{}\n", number + 1, hazard.title, hazard.about);
        let of = script.properties.iter().filter(|property| property.property == hazard.property);
        match of.flat_map(|property| &property.counterexamples).find(|story| tells(story, hazard)) {
            Some(story) => told(&mut out, story, texts),
            None => out.push_str("\nNo counterexample tells this any more.\n"),
        }
    }
    out.push_str(
        "\n## The article to the letter\n\nThis is what happens without the steps that the article lacks, and without checking everything \
         up front: `cutover prove --without-supplements`.\n",
    );
    for proof in letter {
        let _ = write!(out, "\n### {}\n", proof.scenario);
        for property in &proof.properties {
            let Some(story) = property.counterexamples.first() else { continue };
            let _ = write!(out, "\n({}) {}: refuted.\n", property.property, property.title);
            told(&mut out, story, texts);
        }
        if proof.holds {
            out.push_str("\nEverything holds.\n");
        }
    }
    out
}

fn tells(story: &CounterexampleDocument, hazard: &Hazard) -> bool {
    let wrong = &story.wrong;
    let unmet = wrong.unmet.iter().any(|unmet| unmet.fact.as_deref() == Some(hazard.about_what));
    wrong.step.as_deref().unwrap_or("") == hazard.step && (unmet || wrong.invariant.as_deref() == Some(hazard.about_what))
}

fn told(out: &mut String, story: &CounterexampleDocument, texts: &Texts) {
    out.push_str("\n```text\n");
    for line in counterexample(story, texts).lines() {
        let _ = writeln!(out, "{}", line.strip_prefix("    ").unwrap_or(line));
    }
    out.push_str("```\n");
}
