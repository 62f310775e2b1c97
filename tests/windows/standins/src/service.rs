//! The services. Which one it is, the service manager says.
//!
//! | control | |
//! |---|---|
//! | `WinDefend`, `Sense`, ...: `exit` | the service ends with this code instead of starting |
//! | `WinDefend`: `stays_passive` | it becomes active only when it is started anew |
//! | `Sense`: `silent` | it takes the onboarding and says nothing of it |
//! | `Sense`: `state` | the `OnboardingState` that it comes to, other than 1 |
//! | `Sense`: `delay` | seconds until it has come to one |
//! | any: `stop_delay` | seconds that it takes to stop |

use std::ffi::OsString;
use std::process::{Child, Command};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use windows_service::define_windows_service;
use windows_service::service::{
    ServiceControl, ServiceControlAccept, ServiceExitCode, ServiceStartType, ServiceState, ServiceStatus, ServiceType,
};
use windows_service::service_control_handler::{self, ServiceControlHandlerResult};
use windows_service::service_dispatcher;

use crate::machine::{self, ADVANCED_POLICY, ADVANCED_STATUS, AGENT_FILES, MEMORY, STATUS};
use crate::record::{Control, record};

/// The name of the value that carries an offboarding.
const OFFBOARDING: &str = "696C1FA1-4030-4FA4-8713-FAF9B2EA7C0A";

define_windows_service!(ffi_main, service_main);

/// Answers the service manager until it is stopped.
pub fn run() -> u32 {
    u32::from(service_dispatcher::start("", ffi_main).is_err())
}

fn service_main(args: Vec<OsString>) {
    let name = args.first().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (sender, receiver) = mpsc::channel();
    let handler = move |control| match control {
        ServiceControl::Stop | ServiceControl::Shutdown => {
            let _ = sender.send(());
            ServiceControlHandlerResult::NoError
        }
        ServiceControl::Interrogate => ServiceControlHandlerResult::NoError,
        _ => ServiceControlHandlerResult::NotImplemented,
    };
    let Ok(handle) = service_control_handler::register(&name, handler) else { return };
    let tell = |state, code| {
        let accepted = if state == ServiceState::Running { ServiceControlAccept::STOP } else { ServiceControlAccept::empty() };
        let _ = handle.set_service_status(ServiceStatus {
            service_type: ServiceType::OWN_PROCESS,
            current_state: state,
            controls_accepted: accepted,
            exit_code: ServiceExitCode::Win32(code),
            checkpoint: 0,
            wait_hint: Duration::from_secs(30),
            process_id: None,
        });
    };
    tell(ServiceState::StartPending, 0);
    let control = Control::of(&name);
    if let Some(code) = control.number("exit") {
        tell(ServiceState::Stopped, code as u32);
        return;
    }
    record(&name, &[], Some("started"));
    let mut part = Part::new(&name);
    part.look();
    tell(ServiceState::Running, 0);
    while let Err(RecvTimeoutError::Timeout) = receiver.recv_timeout(Duration::from_millis(100)) {
        if part.look() == Wish::Stop {
            break;
        }
    }
    tell(ServiceState::StopPending, 0);
    thread::sleep(Duration::from_secs(Control::of(&name).number("stop_delay").unwrap_or(0)));
    part.end();
    tell(ServiceState::Stopped, 0);
}

#[derive(PartialEq)]
enum Wish {
    GoOn,
    Stop,
}

enum Part {
    Antivirus { seen: Option<bool> },
    Sensor,
    Agent { old_sensor: Option<Child> },
    Other,
}

impl Part {
    fn new(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "windefend" => Self::Antivirus { seen: None },
            "sense" => Self::Sensor,
            "healthservice" => Self::Agent { old_sensor: None },
            _ => Self::Other,
        }
    }

    /// Looks at the machine and does what the real service would do about it.
    fn look(&mut self) -> Wish {
        match self {
            Self::Antivirus { seen } => antivirus(seen),
            Self::Sensor => return sensor(),
            Self::Agent { old_sensor } => agent(old_sensor),
            Self::Other => {}
        }
        Wish::GoOn
    }

    fn end(&mut self) {
        match self {
            Self::Antivirus { .. } => {
                if let Ok(key) = machine::key(STATUS) {
                    let _ = key.set_string("AMRunningMode", "Not running");
                    let _ = key.set_u32("RealTimeProtectionEnabled", 0);
                }
            }
            Self::Agent { old_sensor } => end_child(old_sensor),
            Self::Sensor | Self::Other => {}
        }
    }
}

/// Passive is who was told so: by the policy once onboarded, by the installation until then.
fn antivirus(seen: &mut Option<bool>) {
    let passive = if machine::onboarded() {
        machine::number(ADVANCED_POLICY, "ForceDefenderPassiveMode") == Some(1)
    } else {
        machine::text(MEMORY, "InstalledPassive").as_deref() == Some("1")
    };
    if *seen == Some(passive) || (*seen == Some(true) && Control::of("WinDefend").flag("stays_passive")) {
        return;
    }
    if let Ok(key) = machine::key(STATUS) {
        let _ = key.set_string("AMRunningMode", if passive { "Passive Mode" } else { "Normal" });
        let _ = key.set_u32("RealTimeProtectionEnabled", u32::from(!passive));
        let _ = key.set_u32("AMServiceEnabled", 1);
        let _ = key.set_u32("AntivirusEnabled", 1);
        if key.get_u32("IsTamperProtected").is_err() {
            let _ = key.set_u32("IsTamperProtected", 0);
        }
    }
    *seen = Some(passive);
    record("WinDefend", &[], Some(if passive { "passive" } else { "active" }));
}

fn sensor() -> Wish {
    if machine::text(ADVANCED_POLICY, OFFBOARDING).is_some() {
        return if machine::onboarded() { offboard() } else { Wish::GoOn };
    }
    let Some(order) = machine::text(ADVANCED_POLICY, "OnboardingInfo") else { return Wish::GoOn };
    let control = Control::of("Sense");
    if machine::number(ADVANCED_STATUS, "OnboardingState").is_some_and(|state| state != 0) || control.flag("silent") {
        return Wish::GoOn;
    }
    thread::sleep(Duration::from_secs(control.number("delay").unwrap_or(0)));
    let state = control.number("state").unwrap_or(1) as u32;
    if machine::number(ADVANCED_STATUS, "OnboardingState") == Some(state) {
        return Wish::GoOn;
    }
    if machine::set_start("Sense", ServiceStartType::AutoStart).is_ok()
        && let Ok(key) = machine::key(ADVANCED_STATUS)
    {
        let _ = key.set_string("OrgId", organisation(&order).unwrap_or_default());
        let _ = key.set_u32("OnboardingState", state);
        record("Sense", &[], Some(if state == 1 { "onboarded" } else { "not onboarded" }));
    }
    Wish::GoOn
}

fn offboard() -> Wish {
    if machine::set_start("Sense", ServiceStartType::OnDemand).is_ok()
        && let Ok(key) = machine::key(ADVANCED_STATUS)
    {
        let _ = key.set_u32("OnboardingState", 0);
        machine::remove_value(ADVANCED_POLICY, "OnboardingInfo");
        if let Ok(status) = machine::key(STATUS) {
            let _ = status.set_u32("IsTamperProtected", 0);
        }
        record("Sense", &[], Some("offboarded"));
    }
    Wish::Stop
}

/// The order is JSON, and its `body` is JSON again.
fn organisation(order: &str) -> Option<String> {
    let order: serde_json::Value = serde_json::from_str(order).ok()?;
    let body: serde_json::Value = serde_json::from_str(order.get("body")?.as_str()?).ok()?;
    Some(body.get("orgId")?.as_str()?.to_owned())
}

/// The old sensor is a child of the agent, for as long as there is a workspace and no new sensor.
fn agent(old_sensor: &mut Option<Child>) {
    let has_workspace = machine::subkeys(machine::GROUPS).iter().any(|group| group.starts_with("AOI-"));
    let wanted = has_workspace && !machine::onboarded() && machine::number(MEMORY, "OldSensor") != Some(0);
    if !wanted {
        end_child(old_sensor);
    } else if old_sensor.is_none() {
        let program = format!(r"{AGENT_FILES}\Health Service State\Monitoring Host Temporary Files 1\1\MsSenseS.exe");
        *old_sensor = Command::new(program).spawn().ok();
    }
}

fn end_child(child: &mut Option<Child>) {
    if let Some(mut child) = child.take() {
        let _ = child.kill();
        let _ = child.wait();
    }
}
