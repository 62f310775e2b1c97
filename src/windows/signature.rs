//! Whether a file is signed, and by whom it has to be.

use super::{Seen, files, reason};
use serde_json::Value as Json;
use std::ffi::c_void;
use std::fs::File;
use windows::Win32::Foundation::HWND;
use windows::Win32::Security::Cryptography::{CERT_NAME_SIMPLE_DISPLAY_TYPE, CertGetNameStringW};
use windows::Win32::Security::WinTrust::{
    WINTRUST_ACTION_GENERIC_VERIFY_V2, WINTRUST_DATA, WINTRUST_DATA_0, WINTRUST_FILE_INFO, WTD_CHOICE_FILE, WTD_REVOKE_NONE,
    WTD_STATEACTION_CLOSE, WTD_STATEACTION_VERIFY, WTD_UI_NONE, WTHelperGetProvSignerFromChain, WTHelperProvDataFromStateData,
    WinVerifyTrust,
};
use windows::core::{HRESULT, HSTRING, PCWSTR};

/// Who signs what Microsoft ships.
const SIGNER: &str = "Microsoft Corporation";

/// `valid` where the signature is, and Microsoft's; another word where it is not. Nothing where there is no file. A file that
/// cannot be read is an error, whatever its signature.
pub(super) fn signature(path: &str) -> Seen {
    let Some(path) = files::find(path)? else { return Ok(Json::Null) };
    // What is said of a file that may not be read differs, and may look like a word on its signature.
    File::open(&path).map_err(|error| files::said(&error))?;
    let name = HSTRING::from(path.as_path());
    let mut file = WINTRUST_FILE_INFO {
        cbStruct: u32::try_from(size_of::<WINTRUST_FILE_INFO>()).unwrap_or_default(),
        pcwszFilePath: PCWSTR(name.as_ptr()),
        ..Default::default()
    };
    let mut data = WINTRUST_DATA {
        cbStruct: u32::try_from(size_of::<WINTRUST_DATA>()).unwrap_or_default(),
        dwUIChoice: WTD_UI_NONE,
        fdwRevocationChecks: WTD_REVOKE_NONE,
        dwUnionChoice: WTD_CHOICE_FILE,
        Anonymous: WINTRUST_DATA_0 { pFile: &raw mut file },
        dwStateAction: WTD_STATEACTION_VERIFY,
        ..Default::default()
    };
    let mut action = WINTRUST_ACTION_GENERIC_VERIFY_V2;
    // SAFETY: both structures live until the second call, which frees what the first one kept.
    let (code, signer) = unsafe {
        let code = WinVerifyTrust(HWND::default(), &raw mut action, (&raw mut data).cast::<c_void>());
        let signer = signer(&data);
        data.dwStateAction = WTD_STATEACTION_CLOSE;
        WinVerifyTrust(HWND::default(), &raw mut action, (&raw mut data).cast::<c_void>());
        (code, signer)
    };
    Ok(match (code.cast_unsigned(), signer.as_deref()) {
        (0, Some(SIGNER)) => "valid".into(),
        (0, _) => "othersigner".into(),
        (0x800b_0100 | 0x800b_0003, _) => "notsigned".into(),
        (0x8009_6010, _) => "hashmismatch".into(),
        // What Windows itself says of the file, and not of its signature.
        (win32, _) if win32 >> 16 == 0x8007 => return Err(reason(code, HRESULT(code).message())),
        (code, _) => format!("error {code:#010x}").into(),
    })
}

/// The name of the certificate that signed.
///
/// # Safety
///
/// The state that the data names has not been closed.
unsafe fn signer(data: &WINTRUST_DATA) -> Option<String> {
    // SAFETY: what these return is part of the state, or nothing.
    unsafe {
        let provider = WTHelperProvDataFromStateData(data.hWVTStateData);
        if provider.is_null() {
            return None;
        }
        let signer = WTHelperGetProvSignerFromChain(provider, 0, false, 0);
        if signer.is_null() || (*signer).csCertChain == 0 || (*signer).pasCertChain.is_null() {
            return None;
        }
        let certificate = (*(*signer).pasCertChain).pCert;
        if certificate.is_null() {
            return None;
        }
        let mut name = [0_u16; 256];
        let length = CertGetNameStringW(certificate, CERT_NAME_SIMPLE_DISPLAY_TYPE, 0, None, Some(&mut name));
        let end = usize::try_from(length).unwrap_or_default().saturating_sub(1).min(name.len());
        Some(String::from_utf16_lossy(&name[..end]))
    }
}
