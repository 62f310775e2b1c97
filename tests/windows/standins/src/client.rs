//! `standin agent list | has ID | add ID KEY | remove ID`: what a script does with the monitoring agent's interface, late bound.
//! `standin trust FILE` fails with the code that Windows gives where the file is not signed or not as it was signed.
//! `standin wmi NAMESPACE QUERY PROPERTY` prints the property of each object found.

use std::ptr;

use windows::Win32::Foundation::HWND;
use windows::Win32::Security::WinTrust::{
    WINTRUST_ACTION_GENERIC_VERIFY_V2, WINTRUST_DATA, WINTRUST_DATA_0, WINTRUST_FILE_INFO, WTD_CHOICE_FILE, WTD_UI_NONE,
    WinVerifyTrust,
};
use windows::Win32::System::Com::{
    CLSCTX_INPROC_SERVER, CLSIDFromProgID, COINIT_MULTITHREADED, CoCreateInstance, CoInitializeEx, DISPATCH_METHOD,
    DISPATCH_PROPERTYGET, DISPPARAMS, IDispatch,
};
use windows::Win32::System::Ole::{IEnumVARIANT, SafeArrayGetElement, SafeArrayGetLBound, SafeArrayGetUBound};
use windows::Win32::System::Variant::{VARENUM, VARIANT, VT_ARRAY, VT_BOOL, VT_BSTR, VT_DISPATCH, VT_I4, VT_UNKNOWN, VT_VARIANT};
use windows::Win32::System::Wmi::{IWbemLocator, WBEM_FLAG_FORWARD_ONLY, WBEM_INFINITE, WbemLocator};
use windows::core::{BSTR, GUID, HSTRING, Interface, PCWSTR, w};

use crate::machine::Result;

const NEW_ENUM: i32 = -4;

pub fn agent(args: &[String]) -> Result<()> {
    // Nothing here outlives the calls that it is given to.
    unsafe {
        CoInitializeEx(None, COINIT_MULTITHREADED).ok()?;
        let class = CLSIDFromProgID(w!("AgentConfigManager.MgmtSvcCfg"))?;
        let agent: IDispatch = CoCreateInstance(&class, None, CLSCTX_INPROC_SERVER)?;
        match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["list"] => workspaces(&agent)?.iter().for_each(|id| println!("{id}")),
            ["has", id] => {
                if !workspaces(&agent)?.iter().any(|own| own.eq_ignore_ascii_case(id)) {
                    return Err(format!("the agent has no workspace {id}").into());
                }
            }
            ["add", id, key] => drop(call(&agent, "AddCloudWorkspace", &[id, key])?),
            ["remove", id] => {
                call(&agent, "RemoveCloudWorkspace", &[id])?;
                call(&agent, "ReloadConfiguration", &[])?;
            }
            _ => return Err("usage: standin agent list | has ID | add ID KEY | remove ID".into()),
        }
    }
    Ok(())
}

/// The property of each object that a query finds.
pub fn wmi(namespace: &str, query: &str, property: &str) -> Result<Vec<String>> {
    let none = BSTR::new();
    let property = HSTRING::from(property);
    // Nothing here outlives the calls that it is given to.
    unsafe {
        CoInitializeEx(None, COINIT_MULTITHREADED).ok()?;
        let locator: IWbemLocator = CoCreateInstance(&WbemLocator, None, CLSCTX_INPROC_SERVER)?;
        let services = locator.ConnectServer(&BSTR::from(namespace), &none, &none, &none, 0, &none, None)?;
        let found = services.ExecQuery(&BSTR::from("WQL"), &BSTR::from(query), WBEM_FLAG_FORWARD_ONLY, None)?;
        let mut values = Vec::new();
        loop {
            let (mut object, mut count) = ([None], 0);
            found.Next(WBEM_INFINITE, &mut object, &mut count).ok()?;
            let [Some(object)] = object else { return Ok(values) };
            let mut value = VARIANT::default();
            object.Get(&property, 0, &mut value, None, None)?;
            let inner = &value.Anonymous.Anonymous;
            values.push(match inner.vt {
                VT_BSTR => inner.Anonymous.bstrVal.to_string(),
                VT_BOOL => inner.Anonymous.boolVal.as_bool().to_string(),
                VT_I4 => inner.Anonymous.lVal.to_string(),
                other => format!("a value of type {}", other.0),
            });
        }
    }
}

pub fn trust(file: &str) -> Result<()> {
    let file = HSTRING::from(file);
    let mut named = WINTRUST_FILE_INFO {
        cbStruct: size_of::<WINTRUST_FILE_INFO>() as u32,
        pcwszFilePath: PCWSTR(file.as_ptr()),
        ..Default::default()
    };
    let mut data = WINTRUST_DATA {
        cbStruct: size_of::<WINTRUST_DATA>() as u32,
        dwUIChoice: WTD_UI_NONE,
        dwUnionChoice: WTD_CHOICE_FILE,
        Anonymous: WINTRUST_DATA_0 { pFile: &mut named },
        ..Default::default()
    };
    let mut action = WINTRUST_ACTION_GENERIC_VERIFY_V2;
    // Everything that is pointed to lives here.
    let code = unsafe { WinVerifyTrust(HWND::default(), &mut action, (&raw mut data).cast()) };
    if code == 0 { Ok(()) } else { Err(format!("{:#010x}", code as u32).into()) }
}

unsafe fn call(object: &IDispatch, name: &str, args: &[&str]) -> Result<VARIANT> {
    let name = HSTRING::from(name);
    let mut id = 0;
    object.GetIDsOfNames(&GUID::zeroed(), &PCWSTR(name.as_ptr()), 1, 0, &mut id)?;
    // COM takes the last one first.
    let mut values: Vec<VARIANT> = args.iter().rev().map(|arg| VARIANT::from(*arg)).collect();
    invoke(object, id, &mut values)
}

unsafe fn invoke(object: &IDispatch, id: i32, values: &mut [VARIANT]) -> Result<VARIANT> {
    let params =
        DISPPARAMS { rgvarg: values.as_mut_ptr(), rgdispidNamedArgs: ptr::null_mut(), cArgs: values.len() as u32, cNamedArgs: 0 };
    let mut result = VARIANT::default();
    let flags = DISPATCH_METHOD | DISPATCH_PROPERTYGET;
    object.Invoke(id, &GUID::zeroed(), 0, flags, &params, Some(&mut result), None, None)?;
    Ok(result)
}

unsafe fn workspaces(agent: &IDispatch) -> Result<Vec<String>> {
    let all = call(agent, "GetCloudWorkspaces", &[])?;
    let mut items = Vec::new();
    let inner = &all.Anonymous.Anonymous;
    if inner.vt == VARENUM(VT_ARRAY.0 | VT_VARIANT.0) {
        let array = inner.Anonymous.parray;
        for index in SafeArrayGetLBound(array, 1)?..=SafeArrayGetUBound(array, 1)? {
            let mut item = VARIANT::default();
            SafeArrayGetElement(array, &index, (&raw mut item).cast())?;
            items.push(item);
        }
    } else {
        let collection = invoke(&dispatch(&all)?, NEW_ENUM, &mut [])?;
        let inner = &collection.Anonymous.Anonymous;
        if inner.vt != VT_UNKNOWN {
            return Err("the collection cannot be walked through".into());
        }
        let list: IEnumVARIANT = inner.Anonymous.punkVal.as_ref().ok_or("no list")?.cast()?;
        loop {
            let (mut item, mut fetched) = ([VARIANT::default()], 0);
            list.Next(&mut item, &mut fetched).ok()?;
            if fetched == 0 {
                break;
            }
            items.extend(item);
        }
    }
    items.iter().map(|item| text(&call(&dispatch(item)?, "workspaceId", &[])?)).collect()
}

unsafe fn dispatch(value: &VARIANT) -> Result<IDispatch> {
    let inner = &value.Anonymous.Anonymous;
    if inner.vt != VT_DISPATCH {
        return Err("expected an object".into());
    }
    Ok(inner.Anonymous.pdispVal.as_ref().ok_or("no object")?.clone())
}

unsafe fn text(value: &VARIANT) -> Result<String> {
    let inner = &value.Anonymous.Anonymous;
    if inner.vt != VT_BSTR {
        return Err("expected a text".into());
    }
    Ok(inner.Anonymous.bstrVal.to_string())
}
