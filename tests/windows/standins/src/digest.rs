//! Whether an installer package still has the digest that was signed, which Wine does not look at.
//!
//! The digest is over the streams of the compound file, in the order of their names' bytes, and the class of each storage after them.

use std::ffi::c_void;
use std::mem::transmute;
use std::{ptr, slice};

use sha2::{Digest, Sha256};
use windows::Win32::Foundation::{SetLastError, WIN32_ERROR};
use windows::Win32::System::Com::StructuredStorage::{IStorage, StgOpenStorage};
use windows::Win32::System::Com::{
    CoTaskMemFree, STATFLAG_NONAME, STATSTG, STGM_READ, STGM_SHARE_DENY_WRITE, STGM_SHARE_EXCLUSIVE, STGTY_STORAGE,
};
use windows::Win32::System::LibraryLoader::{GetProcAddress, LoadLibraryW};
use windows::core::{BOOL, GUID, PCWSTR, Result, s, w};

const BAD_DIGEST: WIN32_ERROR = WIN32_ERROR(0x8009_6010);
/// The streams of the signature itself.
const SIGNATURE: [&str; 2] = ["\u{5}DigitalSignature", "\u{5}MsiDigitalSignatureEx"];

/// The first members of `SIP_SUBJECTINFO`.
#[repr(C)]
pub struct Subject {
    size: u32,
    kind: *mut GUID,
    file: *mut c_void,
    name: PCWSTR,
}

/// Gives the signature of a package as Wine finds it, where it is that of the package. Windows compares the digests elsewhere, and comes
/// to the same answer.
///
/// # Safety
///
/// It is called with pointers to what their types say.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetSignature(
    subject: *const Subject,
    encoding: *mut u32,
    index: u32,
    size: *mut u32,
    bytes: *mut u8,
) -> BOOL {
    type Get = unsafe extern "system" fn(*const Subject, *mut u32, u32, *mut u32, *mut u8) -> BOOL;
    let Ok(library) = LoadLibraryW(w!("msisip.dll")) else { return BOOL(0) };
    let Some(get) = GetProcAddress(library, s!("MsiSIPGetSignedDataMsg")) else { return BOOL(0) };
    let got = transmute::<_, Get>(get)(subject, encoding, index, size, bytes);
    // The first call only asks for the size.
    if !got.as_bool() || bytes.is_null() {
        return got;
    }
    let signature = slice::from_raw_parts(bytes, *size as usize);
    if digest_of((*subject).name).is_ok_and(|digest| signed(signature) == Some(digest.as_slice())) {
        return got;
    }
    SetLastError(BAD_DIGEST);
    BOOL(0)
}

/// The digest that was signed: it follows the algorithm's name, in the first place that has one.
fn signed(signature: &[u8]) -> Option<&[u8]> {
    const SHA256: [u8; 13] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];
    let start = signature.windows(SHA256.len()).position(|window| window == SHA256)? + SHA256.len();
    signature.get(start..start + 32)
}

/// Nothing is signed here, and nothing verified: Wine takes all functions for a kind of file from one library, and calls only the first.
#[unsafe(no_mangle)]
pub extern "system" fn Nothing() -> BOOL {
    BOOL(0)
}

unsafe fn digest_of(name: PCWSTR) -> Result<Vec<u8>> {
    let storage = StgOpenStorage(name, None, STGM_READ | STGM_SHARE_DENY_WRITE, None, 0)?;
    let mut digest = Sha256::new();
    add(&storage, true, &mut digest)?;
    Ok(digest.finalize().to_vec())
}

unsafe fn add(storage: &IStorage, top: bool, digest: &mut Sha256) -> Result<()> {
    let mut elements = Vec::new();
    let list = storage.EnumElements(None, None, None)?;
    loop {
        let (mut found, mut count) = ([STATSTG::default()], 0);
        list.Next(&mut found, Some(&mut count))?;
        if count == 0 {
            break;
        }
        let name = found[0].pwcsName.as_wide().to_vec();
        CoTaskMemFree(Some(found[0].pwcsName.0.cast()));
        elements.push((name, found[0].r#type, found[0].cbSize));
    }
    elements.sort_by_cached_key(|(name, ..)| name.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<u8>>());
    for (name, kind, size) in elements {
        if top && SIGNATURE.iter().any(|own| own.encode_utf16().eq(name.iter().copied())) {
            continue;
        }
        let mut terminated = name;
        terminated.push(0);
        let name = PCWSTR(terminated.as_ptr());
        if kind == STGTY_STORAGE.0 as u32 {
            let inner = storage.OpenStorage(name, None, STGM_READ | STGM_SHARE_EXCLUSIVE, ptr::null(), 0)?;
            add(&inner, false, digest)?;
        } else if size > 0 {
            let stream = storage.OpenStream(name, None, STGM_READ | STGM_SHARE_EXCLUSIVE, 0)?;
            let (mut bytes, mut read) = (vec![0_u8; size as usize], 0);
            stream.Read(bytes.as_mut_ptr().cast(), size as u32, Some(&mut read)).ok()?;
            digest.update(&bytes[..read as usize]);
        }
    }
    let mut own = STATSTG::default();
    storage.Stat(&mut own, STATFLAG_NONAME.0 as u32)?;
    let GUID { data1, data2, data3, data4 } = own.clsid;
    digest.update(data1.to_le_bytes());
    digest.update(data2.to_le_bytes());
    digest.update(data3.to_le_bytes());
    digest.update(data4);
    Ok(())
}
