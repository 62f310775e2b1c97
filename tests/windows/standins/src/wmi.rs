//! WMI, for what Wine does not have of it: a locator that answers some classes itself and hands the rest to Wine's own.
//!
//! | namespace | class | what it answers from |
//! |---|---|---|
//! | `root\Microsoft\Windows\Defender` | `MSFT_MpComputerStatus` | the key `SOFTWARE\Lab\MSFT_MpComputerStatus`, while WinDefend runs |
//! | `root\ccm\ClientSDK` | `CCM_ClientUtilities`, its method `DetermineIfRebootPending` | the value `ClientRebootPending`, while the client is there |
//! | `root\cimv2` | `Win32_OptionalFeature`, `Win32_QuickFixEngineering` | the features and packages of the lab |
//! | `root\cimv2` | `Win32_OperatingSystem` | Wine, but for the product type, which is the registry's |
//!
//! Control `wmi`, each with the names of classes, commas between: `deny`, where access is denied; `fail` with `code`, whose query ends
//! so; `odd`, whose properties are of other types than documented.

use std::ffi::c_void;
use std::mem::transmute;
use std::sync::atomic::{AtomicUsize, Ordering};

use windows::Win32::Foundation::{E_FAIL, S_FALSE, S_OK};
use windows::Win32::System::Com::{
    EOLE_AUTHENTICATION_CAPABILITIES, IClassFactory, IClientSecurity, IClientSecurity_Impl, RPC_C_AUTHN_LEVEL, RPC_C_IMP_LEVEL,
    SAFEARRAY,
};
use windows::Win32::System::LibraryLoader::{GetProcAddress, LoadLibraryW};
use windows::Win32::System::Ole::{SafeArrayCreateVector, SafeArrayPutElement};
use windows::Win32::System::Variant::{VARIANT, VT_BOOL, VT_BSTR, VT_I4, VT_NULL};
use windows::Win32::System::Wmi::{
    CIM_BOOLEAN, CIM_EMPTY, CIM_STRING, CIM_UINT32, IEnumWbemClassObject, IEnumWbemClassObject_Impl, IWbemCallResult,
    IWbemClassObject, IWbemClassObject_Impl, IWbemContext, IWbemLocator, IWbemLocator_Impl, IWbemObjectSink, IWbemQualifierSet,
    IWbemServices, IWbemServices_Impl, WBEM_COMPARISON_FLAG, WBEM_CONDITION_FLAG_TYPE, WBEM_E_ACCESS_DENIED,
    WBEM_E_INVALID_CLASS, WBEM_E_INVALID_NAMESPACE, WBEM_E_NOT_FOUND, WBEM_E_NOT_SUPPORTED, WBEM_GENERIC_FLAG_TYPE,
    WBEM_S_NO_MORE_DATA, WBEMSTATUS,
};
use windows::core::{BSTR, Error, GUID, HRESULT, IUnknown, Interface, OutRef, PCWSTR, Ref, Result, implement, s, w};

use crate::machine::{self, MEMORY, PRODUCT, STATUS};
use crate::packages;
use crate::record::Control;

pub const LOCATOR: GUID = GUID::from_u128(0x4590f811_1d3a_11d0_891f_00aa004b2e24);
const NOT_RUNNING: HRESULT = HRESULT(0x8001_06BA_u32 as i32);

fn error(status: WBEMSTATUS) -> Error {
    Error::from_hresult(HRESULT(status.0))
}

fn unsupported<T>() -> Result<T> {
    Err(error(WBEM_E_NOT_SUPPORTED))
}

pub fn locator() -> IWbemLocator {
    Locator.into()
}

#[implement(IWbemLocator)]
struct Locator;

impl IWbemLocator_Impl for Locator_Impl {
    fn ConnectServer(
        &self,
        resource: &BSTR,
        user: &BSTR,
        password: &BSTR,
        locale: &BSTR,
        flags: i32,
        authority: &BSTR,
        context: Ref<'_, IWbemContext>,
    ) -> Result<IWbemServices> {
        let resource_text = resource.to_string().to_lowercase();
        let namespace = resource_text.trim_start_matches(r"\\.\").to_owned();
        let there = match namespace.as_str() {
            r"root\microsoft\windows\defender" => machine::state("WinDefend").is_some(),
            r"root\ccm" | r"root\ccm\clientsdk" => machine::state("CcmExec").is_some(),
            _ => {
                // The same call, passed on to the same interface of Wine.
                let inner =
                    unsafe { wines()?.ConnectServer(resource, user, password, locale, flags, authority, context.as_ref()) }?;
                if namespace != r"root\cimv2" {
                    return Ok(inner);
                }
                return Ok(Services { namespace, inner: Some(inner) }.into());
            }
        };
        if !there {
            return Err(error(WBEM_E_INVALID_NAMESPACE));
        }
        Ok(Services { namespace, inner: None }.into())
    }
}

/// Wine's own locator. COM would give this one again.
fn wines() -> Result<IWbemLocator> {
    type GetClass = unsafe extern "system" fn(*const GUID, *const GUID, *mut *mut c_void) -> HRESULT;
    // The function has this type in every library of COM classes.
    unsafe {
        let library = LoadLibraryW(w!("wbemprox.dll"))?;
        let get: GetClass = transmute(GetProcAddress(library, s!("DllGetClassObject")).ok_or(E_FAIL)?);
        let mut factory: Option<IClassFactory> = None;
        get(&LOCATOR, &IClassFactory::IID, (&raw mut factory).cast()).ok()?;
        factory.ok_or(E_FAIL)?.CreateInstance(None::<&IUnknown>)
    }
}

type Row = Vec<(String, VARIANT)>;

#[implement(IWbemServices, IClientSecurity)]
struct Services {
    namespace: String,
    inner: Option<IWbemServices>,
}

impl Services {
    /// The rows of a class that is answered here; none for one that is Wine's.
    fn rows(&self, class: &str) -> Result<Option<Vec<Row>>> {
        let control = Control::of("wmi");
        let named = |key| control.names(key, class);
        if named("deny") {
            return Err(error(WBEM_E_ACCESS_DENIED));
        }
        if named("fail") {
            let code = control.number("code").map_or(E_FAIL, |code| HRESULT(code as u32 as i32));
            return Err(code.into());
        }
        let mut rows = match (self.namespace.as_str(), class.to_lowercase().as_str()) {
            (r"root\microsoft\windows\defender", "msft_mpcomputerstatus") => {
                if !machine::running("WinDefend") {
                    return Err(NOT_RUNNING.into());
                }
                vec![antivirus_status()]
            }
            (r"root\cimv2", "win32_optionalfeature") => features(),
            (r"root\cimv2", "win32_quickfixengineering") => updates(),
            (r"root\ccm\clientsdk", "ccm_clientutilities") => vec![vec![]],
            (r"root\cimv2", _) => return Ok(None),
            _ => return Err(error(WBEM_E_INVALID_CLASS)),
        };
        if named("odd") {
            rows.iter_mut().flatten().filter(|(name, _)| name != "Name").for_each(|(_, value)| *value = odd(value));
        }
        Ok(Some(rows))
    }
}

/// Every property that a migration looks at, as a text, a flag or a number of days; one that the lab says nothing of is null.
fn antivirus_status() -> Row {
    const TEXTS: [&str; 4] = ["AMRunningMode", "AMProductVersion", "AMEngineVersion", "AntivirusSignatureVersion"];
    const FLAGS: [&str; 4] = ["AMServiceEnabled", "AntivirusEnabled", "RealTimeProtectionEnabled", "IsTamperProtected"];
    const DAYS: [&str; 1] = ["AntivirusSignatureAge"];
    let number = |name: &str| machine::number(STATUS, name);
    let row = |name: &str, value: Option<VARIANT>| (name.to_owned(), value.unwrap_or_else(null));
    let texts = TEXTS.iter().map(|name| row(name, machine::text(STATUS, name).map(|text| VARIANT::from(text.as_str()))));
    let flags = FLAGS.iter().map(|name| row(name, number(name).map(|flag| VARIANT::from(flag != 0))));
    let days = DAYS.iter().map(|name| row(name, number(name).map(|days| VARIANT::from(days as i32))));
    texts.chain(flags).chain(days).collect()
}

/// A value of another type: a number for a text, and a text for anything else.
fn odd(value: &VARIANT) -> VARIANT {
    // The tag is there whatever the value is.
    let is_text = unsafe { value.Anonymous.Anonymous.vt } == VT_BSTR;
    if is_text { VARIANT::from(1) } else { VARIANT::from("odd") }
}

fn null() -> VARIANT {
    let mut value = VARIANT::default();
    // A null has no field but its tag.
    unsafe { (*value.Anonymous.Anonymous).vt = VT_NULL };
    value
}

fn features() -> Vec<Row> {
    let Ok(key) = windows_registry::LOCAL_MACHINE.open(packages::FEATURES) else { return Vec::new() };
    let Ok(values) = key.values() else { return Vec::new() };
    let row = |name: String| {
        let state = match key.get_string(&name).unwrap_or_default().as_str() {
            "Enabled" | "Enable Pending" => 1,
            "Disabled" => 2,
            _ => 3,
        };
        vec![("Name".into(), VARIANT::from(name.as_str())), ("InstallState".into(), VARIANT::from(state))]
    };
    values.map(|(name, _)| row(name)).collect()
}

fn updates() -> Vec<Row> {
    let keys = machine::subkeys(&format!(r"{}\Packages", machine::SERVICING));
    let name = |key: &String| Some(key.strip_prefix("Package_for_")?.split('~').next()?.to_owned());
    keys.iter().filter_map(name).map(|name| vec![("HotFixID".into(), VARIANT::from(name.as_str()))]).collect()
}

/// The class that a query asks for: `SELECT ... FROM CLASS ...`.
fn class_of(query: &str) -> Result<String> {
    let mut words = query.split_whitespace().skip_while(|word| !word.eq_ignore_ascii_case("from"));
    words.nth(1).map(str::to_owned).ok_or_else(|| error(WBEM_E_INVALID_CLASS))
}

/// The value that a query asks for: `... WHERE PROPERTY = 'VALUE'`, if it asks for one.
fn wanted(query: &str) -> Option<(String, String)> {
    let at = query.to_lowercase().find(" where ")?;
    let (property, value) = query[at + " where ".len()..].split_once('=')?;
    Some((property.trim().to_owned(), value.trim().trim_matches(['\'', '"']).to_owned()))
}

fn text_of(value: &VARIANT) -> String {
    let inner = unsafe { &value.Anonymous.Anonymous };
    // The tag says which of the fields it is.
    unsafe {
        match inner.vt {
            VT_BSTR => inner.Anonymous.bstrVal.to_string(),
            VT_I4 => inner.Anonymous.lVal.to_string(),
            _ => String::new(),
        }
    }
}

impl Services_Impl {
    fn answer(&self, class: &str, query: &str, flags: WBEM_GENERIC_FLAG_TYPE) -> Result<IEnumWbemClassObject> {
        let rows = self.rows(class)?;
        let rows = match (rows, &self.inner) {
            (Some(rows), _) => {
                let asked = wanted(query);
                let fits = |row: &Row| {
                    asked.as_ref().is_none_or(|(property, value)| {
                        row.iter()
                            .any(|(name, own)| name.eq_ignore_ascii_case(property) && text_of(own).eq_ignore_ascii_case(value))
                    })
                };
                rows.into_iter().filter(fits).collect()
            }
            (None, Some(inner)) => {
                // The query goes on as it came.
                let theirs = unsafe { inner.ExecQuery(&BSTR::from("WQL"), &BSTR::from(query), flags, None::<&IWbemContext>) }?;
                if !class.eq_ignore_ascii_case("Win32_OperatingSystem") {
                    return Ok(theirs);
                }
                let mut rows = copies(&theirs)?;
                rows.iter_mut().for_each(with_product_type);
                rows
            }
            (None, None) => return Err(error(WBEM_E_INVALID_CLASS)),
        };
        let objects = rows.into_iter().map(|row| object(class, row)).collect();
        Ok(Objects { objects, next: AtomicUsize::new(0) }.into())
    }
}

fn object(class: &str, row: Row) -> IWbemClassObject {
    Object { class: class.to_owned(), row, next: AtomicUsize::new(0) }.into()
}

fn copies(list: &IEnumWbemClassObject) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    loop {
        let (mut found, mut count) = ([None], 0);
        // One place, and one object at most.
        unsafe { list.Next(-1, &mut found, &mut count) }.ok()?;
        let [Some(object)] = found else { return Ok(rows) };
        let mut row = Row::new();
        unsafe {
            object.BeginEnumeration(0)?;
            loop {
                let (mut name, mut value) = (BSTR::new(), VARIANT::default());
                object.Next(0, &mut name, &mut value, std::ptr::null_mut(), std::ptr::null_mut())?;
                if name.is_empty() {
                    break;
                }
                row.push((name.to_string(), value));
            }
            object.EndEnumeration()?;
        }
        rows.push(row);
    }
}

fn with_product_type(row: &mut Row) {
    let number = match machine::text(PRODUCT, "ProductType").as_deref() {
        Some("LanmanNT") => 2,
        Some("ServerNT") => 3,
        _ => 1,
    };
    for (name, value) in row {
        if name == "ProductType" {
            *value = VARIANT::from(number);
        }
    }
}

#[allow(unused_variables)]
impl IWbemServices_Impl for Services_Impl {
    fn ExecQuery(
        &self,
        language: &BSTR,
        query: &BSTR,
        flags: WBEM_GENERIC_FLAG_TYPE,
        context: Ref<'_, IWbemContext>,
    ) -> Result<IEnumWbemClassObject> {
        let query = query.to_string();
        self.answer(&class_of(&query)?, &query, flags)
    }

    fn CreateInstanceEnum(
        &self,
        class: &BSTR,
        flags: WBEM_GENERIC_FLAG_TYPE,
        _: Ref<'_, IWbemContext>,
    ) -> Result<IEnumWbemClassObject> {
        self.answer(&class.to_string(), &format!("SELECT * FROM {class}"), flags)
    }

    fn GetObject(
        &self,
        path: &BSTR,
        flags: WBEM_GENERIC_FLAG_TYPE,
        context: Ref<'_, IWbemContext>,
        into: OutRef<'_, IWbemClassObject>,
        result: OutRef<'_, IWbemCallResult>,
    ) -> Result<()> {
        let class = path.to_string();
        let class = class.split(['.', '=']).next().unwrap_or_default();
        if let (None, Some(inner)) = (self.rows(class)?, &self.inner) {
            let mut theirs = None;
            // One place for the object, none for a result that is to come later.
            unsafe { inner.GetObject(path, flags, context.as_ref(), Some(&mut theirs), None) }?;
            return into.write(theirs);
        }
        into.write(Some(object(class, Row::new())))
    }

    fn ExecMethod(
        &self,
        path: &BSTR,
        method: &BSTR,
        flags: WBEM_GENERIC_FLAG_TYPE,
        context: Ref<'_, IWbemContext>,
        parameters: Ref<'_, IWbemClassObject>,
        into: OutRef<'_, IWbemClassObject>,
        result: OutRef<'_, IWbemCallResult>,
    ) -> Result<()> {
        if !method.to_string().eq_ignore_ascii_case("DetermineIfRebootPending") {
            return unsupported();
        }
        self.rows("CCM_ClientUtilities")?;
        let pending = machine::number(MEMORY, "ClientRebootPending") == Some(1);
        let mut row = vec![
            ("RebootPending".into(), VARIANT::from(pending)),
            ("IsHardRebootPending".into(), VARIANT::from(false)),
            ("ReturnValue".into(), VARIANT::from(0_i32)),
        ];
        if Control::of("wmi").names("odd", "CCM_ClientUtilities") {
            row.iter_mut().for_each(|(_, value): &mut (String, VARIANT)| *value = odd(value));
        }
        into.write(Some(object("__PARAMETERS", row)))
    }

    fn OpenNamespace(
        &self,
        _: &BSTR,
        _: WBEM_GENERIC_FLAG_TYPE,
        _: Ref<'_, IWbemContext>,
        _: OutRef<'_, IWbemServices>,
        _: OutRef<'_, IWbemCallResult>,
    ) -> Result<()> {
        unsupported()
    }

    fn CancelAsyncCall(&self, _: Ref<'_, IWbemObjectSink>) -> Result<()> {
        unsupported()
    }

    fn QueryObjectSink(&self, _: WBEM_GENERIC_FLAG_TYPE) -> Result<IWbemObjectSink> {
        unsupported()
    }

    fn GetObjectAsync(
        &self,
        _: &BSTR,
        _: WBEM_GENERIC_FLAG_TYPE,
        _: Ref<'_, IWbemContext>,
        _: Ref<'_, IWbemObjectSink>,
    ) -> Result<()> {
        unsupported()
    }

    fn PutClass(
        &self,
        _: Ref<'_, IWbemClassObject>,
        _: WBEM_GENERIC_FLAG_TYPE,
        _: Ref<'_, IWbemContext>,
        _: OutRef<'_, IWbemCallResult>,
    ) -> Result<()> {
        unsupported()
    }

    fn PutClassAsync(
        &self,
        _: Ref<'_, IWbemClassObject>,
        _: WBEM_GENERIC_FLAG_TYPE,
        _: Ref<'_, IWbemContext>,
        _: Ref<'_, IWbemObjectSink>,
    ) -> Result<()> {
        unsupported()
    }

    fn DeleteClass(
        &self,
        _: &BSTR,
        _: WBEM_GENERIC_FLAG_TYPE,
        _: Ref<'_, IWbemContext>,
        _: OutRef<'_, IWbemCallResult>,
    ) -> Result<()> {
        unsupported()
    }

    fn DeleteClassAsync(
        &self,
        _: &BSTR,
        _: WBEM_GENERIC_FLAG_TYPE,
        _: Ref<'_, IWbemContext>,
        _: Ref<'_, IWbemObjectSink>,
    ) -> Result<()> {
        unsupported()
    }

    fn CreateClassEnum(&self, _: &BSTR, _: WBEM_GENERIC_FLAG_TYPE, _: Ref<'_, IWbemContext>) -> Result<IEnumWbemClassObject> {
        unsupported()
    }

    fn CreateClassEnumAsync(
        &self,
        _: &BSTR,
        _: WBEM_GENERIC_FLAG_TYPE,
        _: Ref<'_, IWbemContext>,
        _: Ref<'_, IWbemObjectSink>,
    ) -> Result<()> {
        unsupported()
    }

    fn PutInstance(
        &self,
        _: Ref<'_, IWbemClassObject>,
        _: WBEM_GENERIC_FLAG_TYPE,
        _: Ref<'_, IWbemContext>,
        _: OutRef<'_, IWbemCallResult>,
    ) -> Result<()> {
        unsupported()
    }

    fn PutInstanceAsync(
        &self,
        _: Ref<'_, IWbemClassObject>,
        _: WBEM_GENERIC_FLAG_TYPE,
        _: Ref<'_, IWbemContext>,
        _: Ref<'_, IWbemObjectSink>,
    ) -> Result<()> {
        unsupported()
    }

    fn DeleteInstance(
        &self,
        _: &BSTR,
        _: WBEM_GENERIC_FLAG_TYPE,
        _: Ref<'_, IWbemContext>,
        _: OutRef<'_, IWbemCallResult>,
    ) -> Result<()> {
        unsupported()
    }

    fn DeleteInstanceAsync(
        &self,
        _: &BSTR,
        _: WBEM_GENERIC_FLAG_TYPE,
        _: Ref<'_, IWbemContext>,
        _: Ref<'_, IWbemObjectSink>,
    ) -> Result<()> {
        unsupported()
    }

    fn CreateInstanceEnumAsync(
        &self,
        _: &BSTR,
        _: WBEM_GENERIC_FLAG_TYPE,
        _: Ref<'_, IWbemContext>,
        _: Ref<'_, IWbemObjectSink>,
    ) -> Result<()> {
        unsupported()
    }

    fn ExecQueryAsync(
        &self,
        _: &BSTR,
        _: &BSTR,
        _: WBEM_GENERIC_FLAG_TYPE,
        _: Ref<'_, IWbemContext>,
        _: Ref<'_, IWbemObjectSink>,
    ) -> Result<()> {
        unsupported()
    }

    fn ExecNotificationQuery(
        &self,
        _: &BSTR,
        _: &BSTR,
        _: WBEM_GENERIC_FLAG_TYPE,
        _: Ref<'_, IWbemContext>,
    ) -> Result<IEnumWbemClassObject> {
        unsupported()
    }

    fn ExecNotificationQueryAsync(
        &self,
        _: &BSTR,
        _: &BSTR,
        _: WBEM_GENERIC_FLAG_TYPE,
        _: Ref<'_, IWbemContext>,
        _: Ref<'_, IWbemObjectSink>,
    ) -> Result<()> {
        unsupported()
    }

    fn ExecMethodAsync(
        &self,
        _: &BSTR,
        _: &BSTR,
        _: WBEM_GENERIC_FLAG_TYPE,
        _: Ref<'_, IWbemContext>,
        _: Ref<'_, IWbemClassObject>,
        _: Ref<'_, IWbemObjectSink>,
    ) -> Result<()> {
        unsupported()
    }
}

/// Who connects sets the security of the connection; there is none here.
macro_rules! without_security {
    ($class:ty) => {
        impl IClientSecurity_Impl for $class {
            fn QueryBlanket(
                &self,
                _: Ref<'_, IUnknown>,
                _: *mut u32,
                _: *mut u32,
                _: *mut *mut u16,
                _: *mut RPC_C_AUTHN_LEVEL,
                _: *mut RPC_C_IMP_LEVEL,
                _: *mut *mut c_void,
                _: *mut u32,
            ) -> Result<()> {
                unsupported()
            }

            fn SetBlanket(
                &self,
                _: Ref<'_, IUnknown>,
                _: u32,
                _: u32,
                _: &PCWSTR,
                _: RPC_C_AUTHN_LEVEL,
                _: RPC_C_IMP_LEVEL,
                _: *const c_void,
                _: &EOLE_AUTHENTICATION_CAPABILITIES,
            ) -> Result<()> {
                Ok(())
            }

            fn CopyProxy(&self, _: Ref<'_, IUnknown>) -> Result<IUnknown> {
                unsupported()
            }
        }
    };
}

without_security!(Services_Impl);
without_security!(Objects_Impl);

#[implement(IEnumWbemClassObject, IClientSecurity)]
struct Objects {
    objects: Vec<IWbemClassObject>,
    next: AtomicUsize,
}

impl IEnumWbemClassObject_Impl for Objects_Impl {
    fn Reset(&self) -> Result<()> {
        self.next.store(0, Ordering::Relaxed);
        Ok(())
    }

    fn Next(&self, _: i32, count: u32, into: *mut Option<IWbemClassObject>, fetched: *mut u32) -> HRESULT {
        let start = self.next.load(Ordering::Relaxed);
        let mut done = 0;
        for object in self.objects.iter().skip(start).take(count as usize) {
            // The caller gives `count` places.
            unsafe { into.add(done).write(Some(object.clone())) };
            done += 1;
        }
        self.next.store(start + done, Ordering::Relaxed);
        if !fetched.is_null() {
            unsafe { *fetched = done as u32 };
        }
        if done == count as usize { S_OK } else { S_FALSE }
    }

    fn NextAsync(&self, _: u32, _: Ref<'_, IWbemObjectSink>) -> HRESULT {
        HRESULT(WBEM_E_NOT_SUPPORTED.0)
    }

    fn Clone(&self) -> Result<IEnumWbemClassObject> {
        let next = AtomicUsize::new(self.next.load(Ordering::Relaxed));
        Ok(Objects { objects: self.objects.clone(), next }.into())
    }

    fn Skip(&self, _: i32, count: u32) -> HRESULT {
        self.next.fetch_add(count as usize, Ordering::Relaxed);
        S_OK
    }
}

#[implement(IWbemClassObject)]
struct Object {
    class: String,
    row: Row,
    next: AtomicUsize,
}

fn type_of(value: &VARIANT) -> i32 {
    match unsafe { value.Anonymous.Anonymous.vt } {
        VT_BOOL => CIM_BOOLEAN.0,
        VT_BSTR => CIM_STRING.0,
        VT_I4 => CIM_UINT32.0,
        _ => CIM_EMPTY.0,
    }
}

/// Writes what the caller has places for.
unsafe fn hand_over(value: &VARIANT, into: *mut VARIANT, kind: *mut i32, flavor: *mut i32) {
    if !into.is_null() {
        into.write(value.clone());
    }
    if !kind.is_null() {
        *kind = type_of(value);
    }
    if !flavor.is_null() {
        *flavor = 0;
    }
}

impl IWbemClassObject_Impl for Object_Impl {
    fn Get(&self, name: &PCWSTR, _: i32, into: *mut VARIANT, kind: *mut i32, flavor: *mut i32) -> Result<()> {
        let name = unsafe { name.to_string() }.map_err(|_| error(WBEM_E_NOT_FOUND))?;
        let value = if name.eq_ignore_ascii_case("__CLASS") {
            VARIANT::from(self.class.as_str())
        } else {
            let found = self.row.iter().find(|(own, _)| own.eq_ignore_ascii_case(&name));
            found.ok_or_else(|| error(WBEM_E_NOT_FOUND))?.1.clone()
        };
        // The places are the caller's.
        unsafe { hand_over(&value, into, kind, flavor) };
        Ok(())
    }

    fn GetNames(&self, _: &PCWSTR, _: WBEM_CONDITION_FLAG_TYPE, _: *const VARIANT) -> Result<*mut SAFEARRAY> {
        // The array is made and filled here, and freed by the caller.
        unsafe {
            let array = SafeArrayCreateVector(VT_BSTR, 0, self.row.len() as u32);
            for (index, (name, _)) in self.row.iter().enumerate() {
                let name = BSTR::from(name.as_str());
                SafeArrayPutElement(array, &(index as i32), name.as_ptr().cast())?;
            }
            Ok(array)
        }
    }

    fn BeginEnumeration(&self, _: i32) -> Result<()> {
        self.next.store(0, Ordering::Relaxed);
        Ok(())
    }

    fn Next(&self, _: i32, name: *mut BSTR, into: *mut VARIANT, kind: *mut i32, flavor: *mut i32) -> Result<()> {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        let Some((own, value)) = self.row.get(index) else { return Err(error(WBEM_S_NO_MORE_DATA)) };
        // The places are the caller's.
        unsafe {
            if !name.is_null() {
                name.write(BSTR::from(own.as_str()));
            }
            hand_over(value, into, kind, flavor);
        }
        Ok(())
    }

    fn EndEnumeration(&self) -> Result<()> {
        Ok(())
    }

    fn Clone(&self) -> Result<IWbemClassObject> {
        Ok(object(&self.class, self.row.clone()))
    }

    fn GetMethod(
        &self,
        _: &PCWSTR,
        _: i32,
        input: OutRef<'_, IWbemClassObject>,
        output: OutRef<'_, IWbemClassObject>,
    ) -> Result<()> {
        // Without arguments there is nothing to describe.
        if !input.is_null() {
            input.write(None)?;
        }
        if !output.is_null() {
            output.write(None)?;
        }
        Ok(())
    }

    fn SpawnInstance(&self, _: i32) -> Result<IWbemClassObject> {
        Ok(object(&self.class, Row::new()))
    }

    fn GetQualifierSet(&self) -> Result<IWbemQualifierSet> {
        unsupported()
    }

    fn Put(&self, _: &PCWSTR, _: i32, _: *const VARIANT, _: i32) -> Result<()> {
        unsupported()
    }

    fn Delete(&self, _: &PCWSTR) -> Result<()> {
        unsupported()
    }

    fn GetPropertyQualifierSet(&self, _: &PCWSTR) -> Result<IWbemQualifierSet> {
        unsupported()
    }

    fn GetObjectText(&self, _: i32) -> Result<BSTR> {
        unsupported()
    }

    fn SpawnDerivedClass(&self, _: i32) -> Result<IWbemClassObject> {
        unsupported()
    }

    fn CompareTo(&self, _: WBEM_COMPARISON_FLAG, _: Ref<'_, IWbemClassObject>) -> Result<()> {
        unsupported()
    }

    fn GetPropertyOrigin(&self, _: &PCWSTR) -> Result<BSTR> {
        unsupported()
    }

    fn InheritsFrom(&self, _: &PCWSTR) -> Result<()> {
        unsupported()
    }

    fn PutMethod(&self, _: &PCWSTR, _: i32, _: Ref<'_, IWbemClassObject>, _: Ref<'_, IWbemClassObject>) -> Result<()> {
        unsupported()
    }

    fn DeleteMethod(&self, _: &PCWSTR) -> Result<()> {
        unsupported()
    }

    fn BeginMethodEnumeration(&self, _: i32) -> Result<()> {
        unsupported()
    }

    fn NextMethod(&self, _: i32, _: *mut BSTR, _: OutRef<'_, IWbemClassObject>, _: OutRef<'_, IWbemClassObject>) -> Result<()> {
        unsupported()
    }

    fn EndMethodEnumeration(&self) -> Result<()> {
        unsupported()
    }

    fn GetMethodQualifierSet(&self, _: &PCWSTR) -> Result<IWbemQualifierSet> {
        unsupported()
    }

    fn GetMethodOrigin(&self, _: &PCWSTR) -> Result<BSTR> {
        unsupported()
    }
}
