//! One program that plays the part whose name its file bears. As `standin.exe` it is the lab's own tool.

mod client;
mod facts;
mod machine;
mod packages;
mod record;
mod service;
mod tools;

use record::Control;
use std::path::Path;
use std::process;
use std::time::Duration;
use std::{env, fs, thread};

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    let own = env::current_exe().unwrap_or_default();
    let name = own.file_stem().map(|stem| stem.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    process::exit(play(&name, &own, &args) as i32);
}

fn play(name: &str, own: &Path, args: &[String]) -> u32 {
    match name {
        "setup" => tools::scep_setup(args),
        "mpcmdrun" => tools::mp_cmd_run(args),
        "updateplatform" => tools::update_platform(own, args),
        "ccmsetup" => tools::ccm_setup(args),
        "fltmc" => tools::fltmc(args),
        "schtasks" => tools::schtasks(args),
        "shutdown" => tools::shutdown(args),
        "wusa" => packages::wusa(args),
        "dism" => packages::dism(args),
        "msiexec" => packages::msiexec(args),
        "mssenses" => loop {
            thread::sleep(Duration::from_secs(60));
        },
        "standin" => lab(args),
        // MsMpEng, MsSense and what else the service manager starts.
        _ => service::run(),
    }
}

fn lab(args: &[String]) -> u32 {
    let done = match args.split_first() {
        Some((verb, rest)) if verb == "set" => facts::set(rest),
        Some((verb, rest)) if verb == "count" => {
            let (name, effect) = (rest.first().map_or("", String::as_str), rest.get(1).map(String::as_str));
            record::record(name, &[], effect);
            Control::of(name).wait(name, &[], if effect.is_some() { "middle" } else { "before" });
            Ok(())
        }
        Some((verb, [])) if verb == "on" => on(),
        Some((verb, [path])) if verb == "deny" => machine::protect(path, "D:(D;;GA;;;WD)"),
        Some((verb, [path])) if verb == "allow" => machine::protect(path, "D:(A;CI;GA;;;WD)"),
        Some((verb, rest)) if verb == "agent" => client::agent(rest),
        Some((verb, [file])) if verb == "trust" => client::trust(file),
        Some((verb, [namespace, query, property])) if verb == "wmi" => client::wmi(namespace, query, property).map(|values| values.iter().for_each(|value| println!("{value}"))),
        Some((verb, [])) if verb == "await-onboarding" => return await_onboarding(),
        Some((verb, [])) if verb == "await-offboarding" => return await_offboarding(),
        Some((verb, [file])) if verb == "version" => machine::version_of(file).map_or_else(
            || Err(format!("{file} has no version").into()),
            |[a, b, c, d]| {
                println!("{a}.{b}.{c}.{d}");
                Ok(())
            },
        ),
        Some((verb, [])) if verb == "facts" => {
            println!("{}", facts::NAMES.join("\n"));
            Ok(())
        }
        _ => Err("usage: standin set FACT=VALUE... | facts | count NAME [EFFECT] | version FILE | deny KEY | allow KEY | agent ... | trust FILE | wmi NAMESPACE QUERY PROPERTY | on".into()),
    };
    match done {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("{error}");
            1
        }
    }
}

/// Starts what Windows starts, says so with a file, and stays: without a program Wine ends its services.
fn on() -> machine::Result<()> {
    const SERVICES: &str = r"SYSTEM\CurrentControlSet\Services";
    packages::started()?;
    for name in machine::subkeys(SERVICES) {
        let own =
            machine::text(&format!(r"{SERVICES}\{name}"), "ImagePath").is_some_and(|path| !path.contains("windows\\system32"));
        if own && machine::number(&format!(r"{SERVICES}\{name}"), "Start") == Some(2) {
            // One that is told to fail does not keep the others from starting.
            let _ = machine::start(&name);
        }
    }
    tools::run_tasks();
    fs::write(r"C:\lab\on", "")?;
    loop {
        thread::sleep(Duration::from_secs(60));
    }
}

/// What the onboarding script waits for, with its exit codes.
fn await_onboarding() -> u32 {
    let code = onboarding();
    Control::of("onboarding-script").wait("onboarding-script", &[], "after");
    code
}

fn onboarding() -> u32 {
    let state = || machine::number(machine::ADVANCED_STATUS, "OnboardingState");
    if !machine::wait_until(|| machine::running("Sense")) {
        30
    } else if !machine::wait_until(|| state().is_some()) {
        35
    } else if !machine::wait_until(|| state() == Some(1)) {
        40
    } else {
        0
    }
}

/// What the offboarding script waits for.
fn await_offboarding() -> u32 {
    if machine::wait_until(|| !machine::running("Sense")) { 0 } else { 15 }
}
