//! COM classes that are talked to by the names of their methods.

use super::{Seen, reason};
use serde_json::Value as Json;
use windows::Win32::Globalization::GetUserDefaultLCID;
use windows::Win32::System::Com::{
    CLSCTX_ALL, CLSIDFromProgID, COINIT_MULTITHREADED, CoCreateInstance, CoInitializeEx, DISPATCH_FLAGS, DISPATCH_METHOD,
    DISPATCH_PROPERTYGET, DISPPARAMS, IDispatch,
};
use windows::Win32::System::Ole::{
    DISPID_NEWENUM, IEnumVARIANT, SafeArrayGetDim, SafeArrayGetElement, SafeArrayGetLBound, SafeArrayGetUBound,
};
use windows::Win32::System::Variant::{
    VARENUM, VARIANT, VT_ARRAY, VT_BSTR, VT_DISPATCH, VT_EMPTY, VT_NULL, VT_UNKNOWN, VT_VARIANT,
};
use windows::core::{BSTR, GUID, HSTRING, IUnknown, Interface, PCWSTR};

const NOT_REGISTERED: [u32; 2] = [0x8004_01f3, 0x8004_0154];

/// An object with what can be called by name.
pub(super) struct Object(IDispatch);

/// Lets this thread use COM.
pub(super) fn start() {
    // SAFETY: nothing is passed. Where the thread was set up otherwise already, that stays.
    let _ = unsafe { CoInitializeEx(None, COINIT_MULTITHREADED) };
}

fn said(error: &windows::core::Error) -> String {
    reason(error.code().0, error.message())
}

impl Object {
    /// An object of that class; nothing where no such class is registered.
    pub(super) fn new(class: &str) -> Result<Option<Self>, String> {
        // SAFETY: the name lives as long as the call.
        let created = unsafe {
            CLSIDFromProgID(&HSTRING::from(class))
                .and_then(|id| CoCreateInstance::<_, IDispatch>(&raw const id, None, CLSCTX_ALL))
        };
        match created {
            Ok(object) => Ok(Some(Self(object))),
            Err(error) if NOT_REGISTERED.contains(&error.code().0.cast_unsigned()) => Ok(None),
            Err(error) => Err(said(&error)),
        }
    }

    /// What a method or a property by that name gives.
    pub(super) fn call(&self, name: &str, arguments: &[&str]) -> Result<VARIANT, String> {
        let wide = HSTRING::from(name);
        let mut id = 0;
        // SAFETY: one name is given, and one place for its id.
        unsafe {
            let name = PCWSTR(wide.as_ptr());
            self.0
                .GetIDsOfNames(&raw const GUID_NULL, &raw const name, 1, GetUserDefaultLCID(), &raw mut id)
                .map_err(|error| said(&error))?;
        }
        self.invoke(id, DISPATCH_METHOD | DISPATCH_PROPERTYGET, arguments)
    }

    fn invoke(&self, id: i32, flags: DISPATCH_FLAGS, arguments: &[&str]) -> Result<VARIANT, String> {
        // The last comes first.
        let mut given: Vec<VARIANT> = arguments.iter().rev().map(|text| VARIANT::from(BSTR::from(*text))).collect();
        let parameters = DISPPARAMS {
            rgvarg: given.as_mut_ptr(),
            cArgs: u32::try_from(given.len()).unwrap_or_default(),
            ..Default::default()
        };
        let mut result = VARIANT::default();
        // SAFETY: the arguments live until the call returns, and there are as many as is said.
        unsafe {
            self.0
                .Invoke(
                    id,
                    &raw const GUID_NULL,
                    GetUserDefaultLCID(),
                    flags,
                    &raw const parameters,
                    Some(&raw mut result),
                    None,
                    None,
                )
                .map_err(|error| said(&error))?;
        }
        Ok(result)
    }
}

static GUID_NULL: GUID = GUID::zeroed();

fn object_of(value: &VARIANT) -> Option<Object> {
    // SAFETY: what the value says it is decides which part is read.
    unsafe {
        let value = &value.Anonymous.Anonymous;
        if value.vt == VT_DISPATCH { (*value.Anonymous.pdispVal).clone().map(Object) } else { None }
    }
}

fn text_of(value: &VARIANT) -> Option<String> {
    // SAFETY: as above.
    unsafe {
        let value = &value.Anonymous.Anonymous;
        (value.vt == VT_BSTR).then(|| (*value.Anonymous.bstrVal).to_string())
    }
}

/// True where a method returned no object at all, which is how one says that there is none.
fn is_nothing(value: &VARIANT) -> bool {
    // SAFETY: as above.
    unsafe {
        let value = &value.Anonymous.Anonymous;
        value.vt == VT_EMPTY || value.vt == VT_NULL || value.vt == VT_DISPATCH && (*value.Anonymous.pdispVal).is_none()
    }
}

/// The values of an array, where it is one; scripts walk through arrays and collections alike.
fn array_of(value: &VARIANT) -> Option<Result<Vec<VARIANT>, String>> {
    // SAFETY: as above; the array belongs to the value, and each element is copied into a value of its own.
    unsafe {
        let inner = &value.Anonymous.Anonymous;
        let array = inner.Anonymous.parray;
        if inner.vt != VARENUM(VT_ARRAY.0 | VT_VARIANT.0) || array.is_null() || SafeArrayGetDim(array) != 1 {
            return None;
        }
        let element = |index: i32| {
            let mut item = VARIANT::default();
            SafeArrayGetElement(array, &raw const index, (&raw mut item).cast()).map(|()| item)
        };
        let all = SafeArrayGetLBound(array, 1)
            .and_then(|first| SafeArrayGetUBound(array, 1).map(|last| first..=last))
            .and_then(|indices| indices.map(element).collect());
        Some(all.map_err(|error| said(&error)))
    }
}

/// What can be counted through.
fn list_of(value: &VARIANT) -> Option<IUnknown> {
    // SAFETY: as above.
    unsafe {
        let value = &value.Anonymous.Anonymous;
        match value.vt {
            VT_UNKNOWN => (*value.Anonymous.punkVal).clone(),
            VT_DISPATCH => (*value.Anonymous.pdispVal).as_ref().and_then(|object| object.cast().ok()),
            _ => None,
        }
    }
}

/// A property of each object that a method returns; nothing where the class is not registered.
pub(super) fn collection(class: &str, method: &str, property: &str) -> Seen {
    let Some(object) = Object::new(class)? else { return Ok(Json::Null) };
    let found = object.call(method, &[])?;
    let mut texts = Vec::new();
    for item in items(&found)? {
        let item = object_of(&item).ok_or("the list holds something that is no object")?;
        texts.push(text_of(&item.call(property, &[])?).ok_or_else(|| format!("`{property}` is no text"))?);
    }
    Ok(texts.into())
}

/// What a collection or an array holds.
fn items(found: &VARIANT) -> Result<Vec<VARIANT>, String> {
    if is_nothing(found) {
        return Ok(Vec::new());
    }
    if let Some(items) = array_of(found) {
        return items;
    }
    let collection = object_of(found).ok_or("what is returned is no list")?;
    let all = collection.invoke(DISPID_NEWENUM, DISPATCH_METHOD | DISPATCH_PROPERTYGET, &[])?;
    let unknown = list_of(&all).ok_or("what is returned is no list")?;
    let all: IEnumVARIANT = unknown.cast().map_err(|error| said(&error))?;
    let mut items = Vec::new();
    loop {
        let mut one = [VARIANT::default()];
        let mut count = 0;
        // SAFETY: there is room for the one that is asked for.
        let next = unsafe { all.Next(&mut one, &raw mut count) };
        if next.is_err() {
            return Err(reason(next.0, next.message()));
        }
        if count == 0 {
            return Ok(items);
        }
        items.extend(one);
    }
}

/// Calls a method for what it does.
pub(super) fn call(class: &str, method: &str, arguments: &[&str]) -> Result<(), String> {
    let object = Object::new(class)?.ok_or_else(|| format!("the class {class} is not registered"))?;
    object.call(method, arguments).map(drop)
}
