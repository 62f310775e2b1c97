//! The actions, for real: processes without a shell, registry values, and the monitoring agent's interface.

use super::mark::Mark;
use super::{Machine, com, files, reason, registry, signature};
use crate::catalog::probe::matcher;
use crate::catalog::{Process, Run, Step, Work};
use crate::condition::{Scope, Truth};
use crate::execute::{Failed, Host, Outcome, Task};
use crate::fact::{Abstract, FactId, Facts, HostFacts, Observation};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

/// How often a tool is looked at while it works.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// How long to wait where another installation is running.
const BUSY: Duration = Duration::from_secs(20);
/// Windows Installer: another installation is running.
const INSTALLER_BUSY: i64 = 1618;
/// Windows Installer and the update installer: done, and a restart is needed; 1641 also says that it was begun.
const RESTART_NEEDED: [i64; 3] = [3010, 1641, 0x0024_0005];
/// The name of the task that goes on after a restart.
const TASK: &str = r"\Cutover\Resume";

/// The mark of a run that may change this server.
const RUN: &str = "run";

/// What came of one part of an action.
enum Part {
    Done,
    NeedsRestart,
    GoesOn,
    Ended(Outcome),
}

impl Host for Machine {
    fn name(&self) -> &str {
        self.name()
    }

    fn sees(&self, fact: FactId) -> bool {
        self.probes.of(fact).is_some()
    }

    fn look(&mut self) {
        self.look();
    }

    fn claim(&mut self) -> Result<(), String> {
        match Mark::set(RUN, false) {
            Ok(Some(mark)) => self.claim = Some(mark),
            Ok(None) => return Err("another run changes this server just now".to_owned()),
            Err(error) => return Err(format!("whether another run changes this server cannot be told: {error}")),
        }
        Ok(())
    }

    fn is_at_work(&self, step: &Step) -> bool {
        Mark::is_set(&at_work(step))
    }

    fn perform(&mut self, task: &Task<'_>) -> Outcome {
        // The tools hold it too: it outlives a run that is killed.
        let _mark = match Mark::set(&at_work(task.step), true) {
            Ok(Some(mark)) => mark,
            Ok(None) => return Outcome::Refused("a tool that an earlier run started for this step has not ended".to_owned()),
            Err(error) => return Outcome::Refused(format!("whether its tool works already cannot be told: {error}")),
        };
        let until = Instant::now() + task.timeout.unsigned_abs();
        let (mut restart, mut goes_on) = (false, false);
        for run in &task.action().run {
            if self.left_out(task, run) {
                continue;
            }
            match self.part(task, run, until) {
                Part::Done => {}
                Part::NeedsRestart => restart = true,
                Part::GoesOn => goes_on = true,
                Part::Ended(outcome) => return outcome,
            }
        }
        match (restart, goes_on) {
            (true, _) => Outcome::NeedsRestart,
            (false, true) => Outcome::StillRunning,
            (false, false) => Outcome::Success,
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn wait(&mut self, time: SignedDuration) {
        thread::sleep(time.unsigned_abs());
    }

    fn boot(&self) -> String {
        let started = self.recorded().iter().find(|(name, _)| *name == "started");
        started.and_then(|(_, value)| value.as_str()).unwrap_or("a start that could not be read").to_owned()
    }

    fn resume_at_start(&mut self, command: Option<&[String]>) -> Result<(), String> {
        let schtasks = tool(r"%SystemRoot%\System32\schtasks.exe");
        let Some(command) = command else {
            // That there is none is no error.
            let _ = finished(Command::new(schtasks).args(["/Delete", "/TN", TASK, "/F"]), Instant::now() + BUSY);
            return Ok(());
        };
        let file = env::temp_dir().join(format!("cutover-resume-{}.xml", std::process::id()));
        let wide: Vec<u8> =
            "\u{feff}".encode_utf16().chain(definition(command).encode_utf16()).flat_map(u16::to_le_bytes).collect();
        fs::write(&file, wide).map_err(|error| format!("{}: {error}", file.display()))?;
        let ended =
            finished(Command::new(schtasks).args(["/Create", "/TN", TASK, "/F", "/XML"]).arg(&file), Instant::now() + BUSY);
        let _ = fs::remove_file(&file);
        match ended {
            Ok(Some(status)) if status.success() => Ok(()),
            Ok(Some(status)) => Err(format!("schtasks.exe ended with {}", code(status))),
            Ok(None) => Err("schtasks.exe did not end".to_owned()),
            Err(error) => Err(error),
        }
    }

    fn restart(&mut self, task: &Task<'_>) -> Result<(), String> {
        match self.perform(task) {
            Outcome::Success => Ok(()),
            Outcome::Refused(why) => Err(why),
            Outcome::Failed(failed) => Err(format!("{} ended with {}", failed.tool, failed.code.unwrap_or_default())),
            other => Err(format!("the restart came out as {}", other.name())),
        }
    }
}

impl Machine {
    /// True where this part of the work is not needed here.
    fn left_out(&self, task: &Task<'_>, run: &Run) -> bool {
        let vocabulary = task.catalog.vocabulary();
        let facts: Facts = vocabulary
            .ids()
            .map(|fact| match self.observe(fact) {
                Observation::Known(value) => Abstract::observed(vocabulary.spec(fact), value),
                Observation::Unknown(_) => Abstract::Unknown,
            })
            .collect();
        Scope { facts: &facts, parameters: task.parameters }.evaluate(&run.unless) == Truth::True
    }

    fn part(&self, task: &Task<'_>, run: &Run, until: Instant) -> Part {
        match &run.work {
            Work::Process(process) => self.process(task, process, until),
            Work::Registry { key, name, number } => match registry::set(key, name, *number) {
                Ok(()) => Part::Done,
                Err(error) => failed("reg", Some(1), Some(error)),
            },
            Work::Com { class, method, argument, then } => {
                let argument = match argument.strip_prefix('$') {
                    Some(name) => match task.parameter(name) {
                        Some(value) => value.to_string(),
                        None => return Part::Ended(Outcome::Refused(format!("the parameter `{name}` was not given"))),
                    },
                    None => argument.to_string(),
                };
                let called = com::call(class, method, &[&argument]).and_then(|()| match then {
                    Some(then) => com::call(class, then, &[]),
                    None => Ok(()),
                });
                called.map_or_else(|error| failed(class, None, Some(error)), |()| Part::Done)
            }
            Work::Uninstall { name, key } => match product(name, key) {
                Ok(product) => {
                    let log = log(task);
                    let words = ["/x", &product, "/quiet", "/norestart", "/l*v"].map(str::to_owned);
                    let program = tool(r"%SystemRoot%\System32\msiexec.exe");
                    installer("msiexec", &program, &[&words[..], &[log.display().to_string()]].concat(), Some(&log), until)
                }
                Err(why) => Part::Ended(Outcome::Refused(why)),
            },
            Work::ByHand(_) => Part::GoesOn,
        }
    }

    fn process(&self, task: &Task<'_>, process: &Process, until: Instant) -> Part {
        let refused = |why: String| Part::Ended(Outcome::Refused(why));
        let found = self.path(&process.process).and_then(|path| files::find(&path).map(|found| (path, found)));
        let program = match found {
            Ok((_, Some(program))) => program,
            Ok((path, None)) => return refused(format!("{path} is not there")),
            Err(error) => return refused(error),
        };
        if let Some(signed) = &process.signed {
            match self.path(signed).and_then(|path| signature::signature(&path)) {
                Ok(Json::String(status)) if status == "valid" => {}
                Ok(Json::String(status)) => return refused(format!("the signature of {signed} is not valid: {status}")),
                Ok(_) => return refused(format!("{signed} is not there")),
                Err(error) => return refused(format!("the signature of {signed} cannot be checked: {error}")),
            }
        }
        let log = log(task);
        let mut words = Vec::new();
        for arg in &process.args {
            match self.word(task, arg, &log) {
                Ok(word) => words.extend(word),
                Err(error) => return refused(error),
            }
        }
        let log = process.args.iter().any(|arg| arg.contains("{log}")).then_some(log.as_path());
        match installer(process.tool(), &program, &words, log, until) {
            Part::Done if process.goes_on => Part::GoesOn,
            part => part,
        }
    }

    /// An argument with what stands in braces and the variables filled in; nothing where it is left out.
    fn word(&self, task: &Task<'_>, arg: &str, log: &Path) -> Result<Option<String>, String> {
        if arg == "{log}" {
            return Ok(Some(log.display().to_string()));
        }
        if let Some((flag, word)) =
            arg.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).and_then(|rest| rest.split_once('?'))
        {
            return Ok(task.flag(flag).then(|| word.to_owned()));
        }
        if !arg.contains('%') {
            return Ok(Some(arg.to_owned()));
        }
        self.path(arg).map(Some)
    }
}

/// The product code of what is installed by that name.
fn product(name: &str, key: &str) -> Result<String, String> {
    let patterns = (matcher(name).map_err(|error| error.to_string())?, matcher(key).map_err(|error| error.to_string())?);
    let Json::Array(all) = registry::software()? else { return Err("the installed software cannot be read".to_owned()) };
    let text = |item: &Json, field: &str| item.get(field).and_then(Json::as_str).unwrap_or_default().to_owned();
    let mut found = all.iter().filter(|item| patterns.0.is_match(&text(item, "name")) && patterns.1.is_match(&text(item, "key")));
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(text(only, "key")),
        (None, _) => Err(format!("no product by the name `{name}` is installed")),
        (Some(_), Some(_)) => Err(format!("more than one product by the name `{name}` is installed")),
    }
}

/// The mark of the tools of a step.
fn at_work(step: &Step) -> String {
    format!("step {}", step.id)
}

fn tool(path: &str) -> PathBuf {
    PathBuf::from(files::expanded(path))
}

/// Where the log of this step goes; what was there stays.
fn log(task: &Task<'_>) -> PathBuf {
    let at = Timestamp::now().strftime("%Y%m%dT%H%M%S").to_string();
    env::temp_dir().join(format!("cutover-{}-{at}.log", task.step.id))
}

fn failed(tool: &str, code: Option<i64>, says: Option<String>) -> Part {
    Part::Ended(Outcome::Failed(Failed { tool: tool.to_owned(), code, failure: None, says }))
}

fn code(status: ExitStatus) -> i64 {
    i64::from(status.code().unwrap_or(-1))
}

/// Runs a tool to its end. Where Windows Installer is busy with something else it is tried again while there is time.
fn installer(tool: &str, program: &Path, words: &[String], log: Option<&Path>, until: Instant) -> Part {
    loop {
        let status = match finished(Command::new(program).args(words), until) {
            Ok(Some(status)) => status,
            Ok(None) => return Part::Ended(Outcome::TimedOut),
            Err(error) => return Part::Ended(Outcome::Refused(error)),
        };
        match code(status) {
            0 => return Part::Done,
            INSTALLER_BUSY if Instant::now() + BUSY < until => thread::sleep(BUSY),
            ended if RESTART_NEEDED.contains(&ended) => return Part::NeedsRestart,
            ended => return failed(tool, Some(ended), log.and_then(cause)),
        }
    }
}

/// How a process ended; nothing where the time was up before. It is not killed: an installer that is killed halfway leaves more
/// to mend than one that is late.
fn finished(command: &mut Command, until: Instant) -> Result<Option<ExitStatus>, String> {
    let output = said_to(&env::temp_dir().join("cutover-output.txt"))?;
    let errors = output.try_clone().map_err(|error| error.to_string())?;
    let started = command.stdin(Stdio::null()).stdout(output).stderr(errors).spawn();
    let mut child = started
        .map_err(|error| format!("cannot be started: {}", reason(error.raw_os_error().unwrap_or_default(), error.to_string())))?;
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            return Ok(Some(status));
        }
        if Instant::now() >= until {
            return Ok(None);
        }
        thread::sleep(LOOK_AGAIN);
    }
}

/// Where a tool writes what it says; only the last one's is kept.
fn said_to(path: &Path) -> Result<fs::File, String> {
    fs::File::create(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// What the log of Windows Installer gives as the cause: the last line with a message before the action that failed.
fn cause(log: &Path) -> Option<String> {
    let bytes = fs::read(log).ok()?;
    let (text, _, _) = encoding_rs::UTF_16LE.decode(&bytes);
    let until = text.find("Return value 3").unwrap_or(text.len());
    let line = text[..until].lines().rev().find(|line| line.contains(" -- ") || line.contains("Error "))?;
    Some(line.trim().to_owned())
}

/// The task in the words of the task scheduler.
fn definition(command: &[String]) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let (program, words) = command.split_first().map_or(("", &[][..]), |(program, words)| (program.as_str(), words));
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n\
         <Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\n\
         <Triggers><BootTrigger><Enabled>true</Enabled></BootTrigger></Triggers>\n\
         <Principals><Principal id=\"Author\"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals>\n\
         <Settings><MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy><ExecutionTimeLimit>PT0S</ExecutionTimeLimit>\
         <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries></Settings>\n\
         <Actions Context=\"Author\"><Exec><Command>{}</Command><Arguments>{}</Arguments></Exec></Actions>\n\
         </Task>\n",
        escaped(program),
        escaped(&words.join(" "))
    )
}

/// A word as the program that is started takes it apart again.
fn quoted(word: &str) -> String {
    if !word.is_empty() && !word.contains([' ', '\t', '"']) {
        return word.to_owned();
    }
    let mut out = String::from('"');
    let mut backslashes = 0;
    for char in word.chars() {
        match char {
            '\\' => backslashes += 1,
            '"' => {
                out.push_str(&"\\".repeat(backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        out.push(char);
    }
    out.push_str(&"\\".repeat(backslashes));
    out.push('"');
    out
}
