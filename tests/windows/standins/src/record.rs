//! What every stand-in does first and last: it writes down that it was called and what it changed, and does what it was told to do
//! wrong.
//!
//! `C:\lab\counts.log` has one JSON object a line: `{"at":MILLISECONDS,"name":"wusa","args":[...],"effect":null}`. A call has no effect;
//! each change has a line of its own after it. `C:\lab\control.json` says per stand-in how it is to behave:
//!
//! | key | |
//! |---|---|
//! | `exit` | the code that it ends with |
//! | `at` | `before` (the default) ends it before it changed anything, `after` afterwards |
//! | `hang` | seconds that it waits, at the place of `hang_at` (`before` or `after`) |
//! | `hold` | `before`, `middle` or `after`: it stays at that place for as long as the control file says so, and says so in `C:\lab\held` |
//! | `of` | only a call with this in its arguments is held |
//! | `delay` | seconds that what goes on after its end takes |
//! | `times` | only its first calls behave so, as many as this says |
//!
//! What else a stand-in knows stands with it.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

const COUNTS: &str = r"C:\lab\counts.log";
const CONTROL: &str = r"C:\lab\control.json";
const HELD: &str = r"C:\lab\held";

/// Writes a line: a call, or an effect of one.
pub fn record(name: &str, args: &[String], effect: Option<&str>) {
    let at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
    let mut line = json!({ "at": at, "name": name, "args": args, "effect": effect }).to_string();
    line.push('\n');
    // One write, so that lines of several processes do not mix.
    if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(COUNTS) {
        let _ = file.write_all(line.as_bytes());
    }
}

/// How one stand-in is to behave.
pub struct Control(Value);

impl Control {
    /// What the control file says now of this stand-in.
    pub fn of(name: &str) -> Self {
        let text = fs::read_to_string(CONTROL).unwrap_or_default();
        let whole: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        let own = whole.get(name).cloned().unwrap_or(Value::Null);
        if let Some(times) = own.get("times").and_then(Value::as_u64)
            && calls(name) > times
        {
            return Self(Value::Null);
        }
        Self(own)
    }

    pub fn flag(&self, key: &str) -> bool {
        self.0.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    pub fn number(&self, key: &str) -> Option<u64> {
        self.0.get(key).and_then(Value::as_u64)
    }

    pub fn word(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(Value::as_str)
    }

    /// Whether the word under a key is this one, or a list with commas between that holds it.
    pub fn names(&self, key: &str, name: &str) -> bool {
        self.word(key).is_some_and(|words| words.split(',').any(|word| word.eq_ignore_ascii_case(name)))
    }

    fn exit(&self) -> Option<u32> {
        self.number("exit").map(|code| code as u32)
    }

    /// Waits where it was told to.
    pub fn wait(&self, name: &str, args: &[String], place: &str) {
        if let Some(seconds) = self.number("hang")
            && self.word("hang_at").unwrap_or("before") == place
        {
            thread::sleep(Duration::from_secs(seconds));
        }
        let mut now = self.0.clone();
        while now["hold"] == *place && now["of"].as_str().is_none_or(|of| args.iter().any(|arg| arg.contains(of))) {
            let _ = fs::write(HELD, format!("{name} {place} {}", args.join(" ")));
            thread::sleep(Duration::from_millis(100));
            now = Self::of(name).0;
        }
    }
}

/// How often a stand-in was called until now.
fn calls(name: &str) -> u64 {
    let text = fs::read_to_string(COUNTS).unwrap_or_default();
    let is_call =
        |line: &&str| serde_json::from_str::<Value>(line).is_ok_and(|value| value["name"] == *name && value["effect"].is_null());
    text.lines().filter(is_call).count() as u64
}

/// One call of a stand-in, from its record to its exit code. `work` changes what it changes and says how it would end.
pub fn call(name: &str, args: &[String], work: impl FnOnce(&Control) -> u32) -> u32 {
    record(name, args, None);
    let control = Control::of(name);
    control.wait(name, args, "before");
    if let Some(code) = control.exit()
        && control.word("at").unwrap_or("before") == "before"
    {
        return code;
    }
    let code = work(&control);
    control.wait(name, args, "after");
    control.exit().unwrap_or(code)
}
