//! The command line: one file a verb, the exit statuses, and nothing that decides.

mod apply;
mod diff;
mod error;
mod estate;
pub mod exit;
mod explain;
mod facts;
mod filter;
mod fleet;
mod input;
mod inventory;
mod live;
mod options;
mod output;
mod pieces;
mod plan;
mod plans;
mod progress;
mod prove;
mod resume;
mod run;
mod scenarios;
mod schema;
mod simulate;
mod status;
mod twice;
mod verify;
mod waves;

use clap::{Parser, Subcommand};
use error::CliError;
use exit::Exit;
use options::CatalogOption;

/// Plans and rehearses the migration of Windows servers to the unified Microsoft Defender for Endpoint solution.
///
/// Reads what is known about servers, picks the documented scenario that applies, works out the ordered plan and simulates
/// the whole way before anyone touches a server. What is not known is said, never guessed.
#[derive(Debug, Parser)]
#[command(name = "cutover", version, after_help = EXIT_STATUS, propagate_version = true, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    catalog: CatalogOption,
    #[command(subcommand)]
    verb: Verb,
}

const EXIT_STATUS: &str =
    "Exit status: 0 yes (ready, done, holds, equal), 1 no (blocked, violated, different, findings), 2 the question was wrong (usage, bad input),
3 not enough is known (ready if, undetermined). For many servers the worst decides: 1, then 3, then 0.";

const APPLY_STATUS: &str = "Exit status: 0 done (of a dry run: the plan holds here), 1 refused or failed, 2 the question was wrong or the journal cannot be used,
3 not enough is known, or somebody else has to do something first, 4 a restart is needed: restart the server, then cutover resume.";

#[derive(Debug, Subcommand)]
enum Verb {
    /// Say what each server needs, what blocks it, what is not known, and when it is unprotected on the way
    #[command(after_help = EXIT_STATUS)]
    Plan(plan::PlanArgs),
    /// Show the way of one server state by state, or break it off and plan again
    #[command(after_help = EXIT_STATUS)]
    Simulate(simulate::SimulateArgs),
    /// Hold plans to what is known of their servers now, each finding at its line: for plans that are kept in Git
    #[command(after_help = EXIT_STATUS)]
    Verify(verify::VerifyArgs),
    /// Say what differs between two sets of plans, two records of servers, or two versions of a scenario, and why
    #[command(after_help = EXIT_STATUS)]
    Diff(diff::DiffArgs),
    /// Prove a scenario for every server, every order and every interruption, or show the shortest way in which it fails
    #[command(after_help = EXIT_STATUS)]
    Prove(prove::ProveArgs),
    /// Say why a plan says what it says and the least that would change it, or what a code means
    #[command(after_help = EXIT_STATUS)]
    Explain(explain::ExplainArgs),
    /// Carry a plan out on this server, or say what that would do; rehearse it on a simulated one
    #[command(after_help = APPLY_STATUS)]
    Apply(apply::ApplyArgs),
    /// Go on with a run after a crash, a restart, or something that had to be done by hand
    #[command(after_help = APPLY_STATUS)]
    Resume(resume::ResumeArgs),
    /// Say what the journal of a run says: what was done, what is left, whether a restart is awaited
    #[command(after_help = APPLY_STATUS)]
    Status(status::StatusArgs),
    /// Split the servers that are ready into a rollout, canary first, and rehearse it with failures before anyone starts
    #[command(after_help = EXIT_STATUS)]
    Waves(waves::WavesArgs),
    /// Put the summaries of parts of an estate together
    #[command(subcommand)]
    Fleet(fleet::FleetVerb),
    /// List, show, draw and check scenarios
    #[command(subcommand)]
    Scenarios(scenarios::ScenariosVerb),
    /// List and show what can be known of a server
    #[command(subcommand)]
    Facts(facts::FactsVerb),
    /// Print the JSON Schema of a document or of a file that people write
    Schema(schema::SchemaArgs),
    /// Print the completions of a shell
    Completions(schema::CompletionsArgs),
    /// Print the manual page, or write one for each verb into a directory
    Man(schema::ManArgs),
}

/// Runs the program with the process's arguments.
pub fn run() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let wrong = error.use_stderr();
            // Where the message itself cannot be written there is nobody to tell.
            let _ = error.print();
            return if wrong { Exit::Wrong } else { Exit::Yes };
        }
    };
    let answered = match cli.verb {
        Verb::Plan(args) => plan::run(&args, &cli.catalog),
        Verb::Simulate(args) => simulate::run(&args, &cli.catalog),
        Verb::Verify(args) => verify::run(&args, &cli.catalog),
        Verb::Diff(args) => diff::run(&args, &cli.catalog),
        Verb::Prove(args) => prove::run(&args, &cli.catalog),
        Verb::Explain(args) => explain::run(&args, &cli.catalog),
        Verb::Waves(args) => waves::run(&args, &cli.catalog),
        Verb::Fleet(verb) => fleet::run(&verb, &cli.catalog),
        Verb::Apply(args) => apply::run(&args, &cli.catalog),
        Verb::Resume(args) => resume::run(&args, &cli.catalog),
        Verb::Status(args) => status::run(&args, &cli.catalog),
        Verb::Scenarios(verb) => scenarios::run(&verb, &cli.catalog),
        Verb::Facts(verb) => facts::run(&verb, &cli.catalog),
        Verb::Schema(args) => schema::schema(&args, &cli.catalog),
        Verb::Completions(args) => schema::completions(&args),
        Verb::Man(args) => schema::man(&args),
    };
    answered.unwrap_or_else(|errors| {
        for error in &errors {
            error.print();
        }
        Exit::Wrong
    })
}

/// Why the program does not accept a command line; nothing where it does. The documentation is tested with it.
pub fn refusal<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Option<String> {
    Cli::try_parse_from(arguments).err().map(|error| error.to_string())
}

/// What a verb returns: how it ends, or why the question was wrong.
type Answer = Result<Exit, Vec<CliError>>;
