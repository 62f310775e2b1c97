//! The COM classes: the Microsoft Monitoring Agent's interface for scripts, and WMI; also the digest of packages.

// The exported functions have the names that COM looks for.
#![allow(non_snake_case)]

mod agent;
mod digest;
#[allow(dead_code)]
mod machine;
#[allow(dead_code)]
mod packages;
#[allow(dead_code)]
mod record;
mod wmi;

use std::ffi::c_void;

use windows::Win32::Foundation::{CLASS_E_CLASSNOTAVAILABLE, CLASS_E_NOAGGREGATION, E_POINTER, S_FALSE};
use windows::Win32::System::Com::{IClassFactory, IClassFactory_Impl};
use windows::core::{BOOL, GUID, HRESULT, IUnknown, Interface, Ref, Result, implement};

const AGENT: GUID = GUID::from_u128(0x2b5d1a7c_6f3e_4c88_9a51_0d7e4b92c6f1);

enum Class {
    Agent,
    Locator,
}

#[implement(IClassFactory)]
struct Factory(Class);

impl IClassFactory_Impl for Factory_Impl {
    fn CreateInstance(&self, outer: Ref<'_, IUnknown>, interface: *const GUID, object: *mut *mut c_void) -> Result<()> {
        if outer.is_some() {
            return CLASS_E_NOAGGREGATION.ok();
        }
        let made: IUnknown = match self.0 {
            Class::Agent => agent::agent().into(),
            Class::Locator => wmi::locator().into(),
        };
        // Both pointers are those that COM calls with.
        unsafe { made.query(interface, object).ok() }
    }

    fn LockServer(&self, _lock: BOOL) -> Result<()> {
        Ok(())
    }
}

/// Gives COM the factory of a class.
///
/// # Safety
///
/// COM calls it with pointers that may be read and written.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DllGetClassObject(class: *const GUID, interface: *const GUID, object: *mut *mut c_void) -> HRESULT {
    if class.is_null() || interface.is_null() || object.is_null() {
        return E_POINTER;
    }
    let class = match *class {
        AGENT => Class::Agent,
        wmi::LOCATOR => Class::Locator,
        _ => return CLASS_E_CLASSNOTAVAILABLE,
    };
    let factory: IClassFactory = Factory(class).into();
    factory.query(interface, object)
}

/// The library stays where it is until its process ends.
#[unsafe(no_mangle)]
pub extern "system" fn DllCanUnloadNow() -> HRESULT {
    S_FALSE
}
