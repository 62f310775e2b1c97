//! `AgentConfigManager.MgmtSvcCfg`, as a script sees it. What it manages lies in the registry, as groups of the service.
//!
//! Control `agent`: `fail`, the names of methods that fail, commas between, with `code` as their result; `array`, to get workspaces as
//! an array and not as a collection; `odd`, to get a number and no list.

use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicUsize, Ordering};

use windows::Win32::Foundation::{
    DISP_E_BADPARAMCOUNT, DISP_E_MEMBERNOTFOUND, DISP_E_TYPEMISMATCH, DISP_E_UNKNOWNNAME, E_FAIL, E_INVALIDARG, E_NOTIMPL,
    S_FALSE, S_OK,
};
use windows::Win32::System::Com::{DISPATCH_FLAGS, DISPPARAMS, EXCEPINFO, IDispatch, IDispatch_Impl, ITypeInfo, SAFEARRAY};
use windows::Win32::System::Ole::{IEnumVARIANT, IEnumVARIANT_Impl, SafeArrayCreateVector, SafeArrayPutElement};
use windows::Win32::System::Variant::{VARENUM, VARIANT, VT_ARRAY, VT_BSTR, VT_BYREF, VT_VARIANT};
use windows::core::{GUID, HRESULT, IUnknown, Interface, PCWSTR, Result, implement};
use windows_registry::LOCAL_MACHINE;

use crate::record::{Control, record};

const GROUPS: &str = r"SYSTEM\CurrentControlSet\Services\HealthService\Parameters\Management Groups";
const NEW_ENUM: i32 = -4;

/// The object that a script makes first.
pub fn agent() -> IDispatch {
    Object(Box::new(Agent)).into()
}

/// What an object can do, by name.
trait Part {
    fn members(&self) -> &'static [&'static str];
    fn call(&self, member: &str, args: &[String]) -> Result<VARIANT>;
    /// What a loop over the object meets.
    fn items(&self) -> Option<Vec<IDispatch>> {
        None
    }
}

#[implement(IDispatch)]
struct Object(Box<dyn Part>);

impl IDispatch_Impl for Object_Impl {
    fn GetTypeInfoCount(&self) -> Result<u32> {
        Ok(0)
    }

    fn GetTypeInfo(&self, _index: u32, _locale: u32) -> Result<ITypeInfo> {
        Err(E_NOTIMPL.into())
    }

    fn GetIDsOfNames(&self, _: *const GUID, names: *const PCWSTR, count: u32, _locale: u32, ids: *mut i32) -> Result<()> {
        if count == 0 {
            return Err(E_INVALIDARG.into());
        }
        // The caller gives `count` names and as many places for their numbers.
        let name = unsafe { (*names).to_string() }.map_err(|_| E_INVALIDARG)?;
        let member = self.0.members().iter().position(|member| member.eq_ignore_ascii_case(&name)).ok_or(DISP_E_UNKNOWNNAME)?;
        unsafe { *ids = member as i32 + 1 };
        Ok(())
    }

    fn Invoke(
        &self,
        member: i32,
        _: *const GUID,
        _locale: u32,
        _flags: DISPATCH_FLAGS,
        params: *const DISPPARAMS,
        result: *mut VARIANT,
        _: *mut EXCEPINFO,
        _: *mut u32,
    ) -> Result<()> {
        let value = if member == NEW_ENUM {
            let items = self.0.items().ok_or(DISP_E_MEMBERNOTFOUND)?;
            let items: IEnumVARIANT = Items { items, next: AtomicUsize::new(0) }.into();
            unknown(items.cast()?)
        } else {
            let name = usize::try_from(member - 1).ok().and_then(|index| self.0.members().get(index));
            // The caller's list holds as many values as it says.
            let args = unsafe { arguments(params) }?;
            self.0.call(name.ok_or(DISP_E_MEMBERNOTFOUND)?, &args)?
        };
        if !result.is_null() {
            unsafe { result.write(value) };
        }
        Ok(())
    }
}

/// The arguments as texts, first one first: COM hands them over in reverse.
unsafe fn arguments(params: *const DISPPARAMS) -> Result<Vec<String>> {
    let Some(params) = params.as_ref() else { return Ok(Vec::new()) };
    (0..params.cArgs as usize).rev().map(|index| as_text(&*params.rgvarg.add(index))).collect()
}

unsafe fn as_text(value: &VARIANT) -> Result<String> {
    let inner = &value.Anonymous.Anonymous;
    if inner.vt == VT_BSTR {
        Ok(inner.Anonymous.bstrVal.to_string())
    } else if inner.vt == VARENUM(VT_BYREF.0 | VT_VARIANT.0) {
        as_text(&*inner.Anonymous.pvarVal)
    } else if inner.vt == VARENUM(VT_BYREF.0 | VT_BSTR.0) {
        Ok((*inner.Anonymous.pbstrVal).to_string())
    } else {
        i32::try_from(value).map(|number| number.to_string()).map_err(|_| DISP_E_TYPEMISMATCH.into())
    }
}

fn unknown(object: IUnknown) -> VARIANT {
    VARIANT::from(object)
}

#[implement(IEnumVARIANT)]
struct Items {
    items: Vec<IDispatch>,
    next: AtomicUsize,
}

impl IEnumVARIANT_Impl for Items_Impl {
    fn Next(&self, count: u32, into: *mut VARIANT, fetched: *mut u32) -> HRESULT {
        let start = self.next.load(Ordering::Relaxed);
        let some = self.items.iter().skip(start).take(count as usize);
        let mut done = 0;
        for item in some {
            // The caller gives `count` places.
            unsafe { into.add(done).write(VARIANT::from(item.clone())) };
            done += 1;
        }
        self.next.store(start + done, Ordering::Relaxed);
        if !fetched.is_null() {
            unsafe { *fetched = done as u32 };
        }
        if done == count as usize { S_OK } else { S_FALSE }
    }

    fn Skip(&self, count: u32) -> HRESULT {
        let past = self.next.fetch_add(count as usize, Ordering::Relaxed) + count as usize;
        if past <= self.items.len() { S_OK } else { S_FALSE }
    }

    fn Reset(&self) -> Result<()> {
        self.next.store(0, Ordering::Relaxed);
        Ok(())
    }

    fn Clone(&self) -> Result<IEnumVARIANT> {
        let next = AtomicUsize::new(self.next.load(Ordering::Relaxed));
        Ok(Items { items: self.items.clone(), next }.into())
    }
}

struct Agent;

impl Part for Agent {
    fn members(&self) -> &'static [&'static str] {
        &[
            "GetCloudWorkspaces",
            "GetCloudWorkspace",
            "AddCloudWorkspace",
            "RemoveCloudWorkspace",
            "GetManagementGroups",
            "ReloadConfiguration",
        ]
    }

    fn call(&self, member: &str, args: &[String]) -> Result<VARIANT> {
        let control = Control::of("agent");
        if control.names("fail", member) {
            let code = control.number("code").map_or(E_FAIL, |code| HRESULT(code as u32 as i32));
            return Err(code.into());
        }
        match (member, args) {
            ("GetCloudWorkspaces" | "GetManagementGroups", []) if control.flag("odd") => Ok(VARIANT::from(1)),
            ("GetCloudWorkspaces", []) => {
                let items = workspaces().into_iter().map(workspace).collect();
                if control.flag("array") { array(items) } else { Ok(Object(Box::new(Collection(items))).into_variant()) }
            }
            ("GetCloudWorkspace", [id]) => {
                let found = workspaces().into_iter().find(|own| own.eq_ignore_ascii_case(id)).ok_or(E_INVALIDARG)?;
                Ok(VARIANT::from(workspace(found)))
            }
            // The key is a secret: it goes nowhere.
            ("AddCloudWorkspace", [id, _key] | [id, _key, _]) => {
                record("agent", &["AddCloudWorkspace".into(), id.clone()], None);
                let key = LOCAL_MACHINE.create(format!(r"{GROUPS}\AOI-{id}"))?;
                key.set_string("AgentId", "6d0f5b1e-31c8-4f0a-9d27-b4b5c1e8a799")?;
                record("agent", &[id.clone()], Some("added"));
                Ok(VARIANT::default())
            }
            ("RemoveCloudWorkspace", [id]) => {
                record("agent", &["RemoveCloudWorkspace".into(), id.clone()], None);
                let found = workspaces().into_iter().find(|own| own.eq_ignore_ascii_case(id)).ok_or(E_INVALIDARG)?;
                LOCAL_MACHINE.remove_tree(format!(r"{GROUPS}\AOI-{found}"))?;
                record("agent", &[id.clone()], Some("removed"));
                Ok(VARIANT::default())
            }
            ("GetManagementGroups", []) => {
                let items = groups().into_iter().filter(|name| !name.starts_with(WORKSPACE)).map(group).collect();
                Ok(Object(Box::new(Collection(items))).into_variant())
            }
            ("ReloadConfiguration", []) => {
                record("agent", &["ReloadConfiguration".into()], None);
                Ok(VARIANT::default())
            }
            _ => Err(DISP_E_BADPARAMCOUNT.into()),
        }
    }
}

const WORKSPACE: &str = "AOI-";

fn groups() -> Vec<String> {
    LOCAL_MACHINE.open(GROUPS).and_then(|key| Ok(key.keys()?.collect())).unwrap_or_default()
}

fn workspaces() -> Vec<String> {
    groups().iter().filter_map(|name| name.strip_prefix(WORKSPACE)).map(str::to_owned).collect()
}

fn workspace(id: String) -> IDispatch {
    Object(Box::new(Workspace(id))).into()
}

fn group(name: String) -> IDispatch {
    Object(Box::new(Group(name))).into()
}

fn setting(group: &str, name: &str) -> Option<String> {
    LOCAL_MACHINE.open(format!(r"{GROUPS}\{group}")).ok()?.get_string(name).ok()
}

struct Workspace(String);

impl Part for Workspace {
    fn members(&self) -> &'static [&'static str] {
        &["workspaceId", "agentId", "connectionStatus", "connectionStatusText"]
    }

    fn call(&self, member: &str, _: &[String]) -> Result<VARIANT> {
        Ok(match member {
            "workspaceId" => VARIANT::from(self.0.as_str()),
            "agentId" => VARIANT::from(setting(&format!("{WORKSPACE}{}", self.0), "AgentId").unwrap_or_default().as_str()),
            "connectionStatus" => VARIANT::from(0_i32),
            _ => VARIANT::from("The Microsoft Monitoring Agent has successfully connected."),
        })
    }
}

struct Group(String);

impl Part for Group {
    fn members(&self) -> &'static [&'static str] {
        &["managementGroupName", "managementServer", "managementServerPort", "IsManagementGroupFromActiveDirectory"]
    }

    fn call(&self, member: &str, _: &[String]) -> Result<VARIANT> {
        Ok(match member {
            "managementGroupName" => VARIANT::from(self.0.as_str()),
            "managementServer" => VARIANT::from(setting(&self.0, "NetworkName").unwrap_or_default().as_str()),
            "managementServerPort" => VARIANT::from(5723_i32),
            _ => VARIANT::from(false),
        })
    }
}

struct Collection(Vec<IDispatch>);

impl Part for Collection {
    fn members(&self) -> &'static [&'static str] {
        &["Count", "Item"]
    }

    fn call(&self, member: &str, args: &[String]) -> Result<VARIANT> {
        match (member, args) {
            ("Count", []) => Ok(VARIANT::from(self.0.len() as i32)),
            ("Item", [index]) => {
                let item = index.parse().ok().and_then(|index: usize| self.0.get(index));
                Ok(VARIANT::from(item.ok_or(E_INVALIDARG)?.clone()))
            }
            _ => Err(DISP_E_BADPARAMCOUNT.into()),
        }
    }

    fn items(&self) -> Option<Vec<IDispatch>> {
        Some(self.0.clone())
    }
}

impl Object {
    fn into_variant(self) -> VARIANT {
        VARIANT::from(IDispatch::from(self))
    }
}

/// An array of variants, each with an object.
fn array(items: Vec<IDispatch>) -> Result<VARIANT> {
    // The array is made, filled and handed over here.
    unsafe {
        let array: *mut SAFEARRAY = SafeArrayCreateVector(VT_VARIANT, 0, items.len() as u32);
        for (index, item) in items.into_iter().enumerate() {
            let item = VARIANT::from(item);
            SafeArrayPutElement(array, &(index as i32), (&raw const item).cast())?;
        }
        let mut value = VARIANT::default();
        let inner: &mut ManuallyDrop<_> = &mut value.Anonymous.Anonymous;
        inner.vt = VARENUM(VT_ARRAY.0 | VT_VARIANT.0);
        inner.Anonymous.parray = array;
        Ok(value)
    }
}
