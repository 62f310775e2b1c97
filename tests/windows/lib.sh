# What the scripts of the lab share; they source it. It only sets variables and defines functions.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
target=x86_64-win7-windows-gnu
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}
# What is built for Windows, and the files made of it.
products=$CARGO_TARGET_DIR/$target/debug
lab=$CARGO_TARGET_DIR/windows-lab

# Wine neither asks for what it could download, nor draws, nor tells what it does not implement.
export WINEARCH=win64 WINEDEBUG=${WINEDEBUG:--all} WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe=' DISPLAY=

# Cargo of the toolchain whose library source is installed, for the target that 2012 R2 can run. The lab wants a program soon, not a
# fast one.
cross_cargo() {
    env PATH="/usr/bin:$PATH" RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1 \
        CC_x86_64_win7_windows_gnu=x86_64-w64-mingw32-gcc AR_x86_64_win7_windows_gnu=x86_64-w64-mingw32-ar \
        CARGO_TARGET_X86_64_WIN7_WINDOWS_GNU_LINKER=x86_64-w64-mingw32-gcc \
        nice -n 5 /usr/bin/cargo "$@" -Zbuild-std=std,panic_unwind --target "$target" \
        --config 'profile.dev.package."*".opt-level=0' --config profile.dev.build-override.opt-level=0 --config profile.dev.debug=false --config 'profile.dev.strip="symbols"'
}

# version_file NAME VERSION OUT: a program file NAME that carries the version in its resource, and does nothing.
version_file() {
    local name=$1 version=$2 out=$3 work
    work=$(mktemp -d)
    cat >"$work/version.rc" <<RC
1 VERSIONINFO
FILEVERSION ${version//./,}
PRODUCTVERSION ${version//./,}
FILETYPE 0x1
{
    BLOCK "StringFileInfo" {
        BLOCK "040904b0" {
            VALUE "CompanyName", "Lab of Cutover"
            VALUE "FileDescription", "Stand-in for $name"
            VALUE "FileVersion", "$version"
            VALUE "InternalName", "$name"
            VALUE "OriginalFilename", "$name"
            VALUE "ProductName", "Stand-in"
            VALUE "ProductVersion", "$version"
        }
    }
    BLOCK "VarFileInfo" { VALUE "Translation", 0x409, 1200 }
}
RC
    x86_64-w64-mingw32-windres "$work/version.rc" -O coff "$work/version.o"
    printf 'int main(void) { return 0; }\n' >"$work/main.c"
    x86_64-w64-mingw32-gcc -Os -s -o "$out" "$work/main.c" "$work/version.o"
    rm -r "$work"
}

# copy_prefix FROM TO: files of Windows are the same files in both. Nothing writes into one: what changes is put beside it and renamed.
copy_prefix() {
    local entry
    mkdir -p "$2/drive_c"
    cp -a "$1/dosdevices" "$1"/*.reg "$2/"
    for entry in "$1"/drive_c/*; do
        case ${entry##*/} in
            windows) cp -al "$entry" "$2/drive_c/" ;;
            *) cp -a "$entry" "$2/drive_c/" ;;
        esac
    done
    cp -a "$1"/.update-timestamp "$2/"
}

# Starts the server in a prefix: its services, and what waited for a start.
power_on() {
    WINEPREFIX=$1 wine 'C:\lab\standin.exe' on >/dev/null 2>&1 &
    disown
    local tries=0
    until [ -e "$1/drive_c/lab/on" ]; do
        sleep 0.1
        tries=$((tries + 1))
        [ $tries -lt 3000 ] || { echo "the server in $1 did not start" >&2; return 1; }
    done
}

power_off() {
    WINEPREFIX=$1 wineserver -k 2>/dev/null || true
    WINEPREFIX=$1 wineserver -w 2>/dev/null || true
    rm -f "$1/drive_c/lab/on"
}

# ---- a server that a script works with

# What every server of the lab has: the workspace of the old sensor, and the tenant that the onboarding script is for.
workspace=7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917
own=0a9c4a36-1b5d-4f5e-9c1e-8f3d2b7a6c10
# Seconds after which a run of the program is given up.
longest=900

# on PREFIX: the server that the functions below are about.
on() {
    [ -d "$1/drive_c" ] || { echo "there is no server in \`$1\`" >&2; return 1; }
    export WINEPREFIX=$1
    home=$1/drive_c/lab
}

# The program; again where it ended with 1 and without a word. That happens now and then on a busy machine, within a second and mostly
# right after another process ended; why is not known. By itself the program never ends so. `run` tells how often it was.
cutover() {
    local status tries=0 out err
    out=$(mktemp) err=$(mktemp)
    while true; do
        status=0 tries=$((tries + 1))
        timeout "$longest" wine "$home/cutover.exe" "$@" >"$out" 2>"$err" || status=$?
        if [ $status -ne 1 ] || [ -s "$out" ] || [ -s "$err" ] || [ $tries -gt 3 ]; then break; fi
        not_started "$@"
    done
    cat "$out"
    cat "$err" >&2
    rm -f "$out" "$err"
    return $status
}
not_started() {
    echo "$WINEPREFIX $*" >>"$lab/not-started.txt"
    # It may have begun, and what it held be held still.
    sleep 5
}

# control JSON: what parts do wrong from now on. They find the old file or the new one, never half of one.
control() {
    printf '%s\n' "$1" >"$home/control.new"
    mv "$home/control.new" "$home/control.json"
}

# ---- making servers

# The prefix that those of a release are copies of; it is made anew when the stand-ins are.
template_of() {
    local release=$1 prefix=$lab/template-$1 lock
    # Who comes while another makes it waits.
    exec {lock}>"$lab/template-$1.lock"
    flock "$lock"
    if [ -e "$prefix/made" ] && [ ! "$products/standin.exe" -nt "$prefix/made" ] && [ ! "$here/lib.sh" -nt "$prefix/made" ]; then
        echo "$prefix"
        return
    fi
    rm -rf "$prefix"
    (
        export WINEPREFIX=$prefix
        mkdir -p "$prefix"
        wineboot --init
        local home=$prefix/drive_c/lab system=$prefix/drive_c/windows/system32
        mkdir -p "$home/kit" "$home/package" "$home/services"
        cp "$products/standin.exe" "$products/classes.dll" "$home/"
        # Files of the system are small copies of this one.
        version_file version.exe 1.0.0.0 "$home/version.exe"
        # Its own installer works under another name; the one that counts calls it.
        cp "$system/msiexec.exe" "$system/msiexec-wine.exe"
        local name
        for name in msiexec wusa dism schtasks shutdown fltmc; do
            cp --remove-destination "$products/standin.exe" "$system/$name.exe"
            wine reg add 'HKCU\Software\Wine\DllOverrides' /v "$name.exe" /d native /f
        done
        # Wine cannot do without this one, wherever it lies; a server may.
        cp "$system/ucrtbase.dll" "$prefix/drive_c/windows/"
        # Of the C runtime in system32 only its presence counts: what runs takes Wine's own. The kernel's version is that of the file there,
        # but for what loads drivers.
        wine reg add 'HKCU\Software\Wine\DllOverrides' /v ucrtbase /d builtin /f
        for name in ntoskrnl.exe '*ntoskrnl.exe'; do
            wine reg add 'HKCU\Software\Wine\DllOverrides' /v "$name" /d native /f
            wine reg add 'HKCU\Software\Wine\AppDefaults\winedevice.exe\DllOverrides' /v "$name" /d builtin /f
        done
        # Wine takes every digest of a package for the one that was signed.
        local function
        for function in GetSignedDataMsg:GetSignature VerifyIndirectData:Nothing \
            PutSignedDataMsg:Nothing CreateIndirectData:Nothing RemoveSignedDataMsg:Nothing; do
            local key='HKLM\Software\Microsoft\Cryptography\OID\EncodingType 0'
            key="$key\\CryptSIPDll${function%%:*}\\{000C10F1-0000-0000-C000-000000000046}"
            wine reg add "$key" /v Dll /d 'C:\lab\classes.dll' /f
            wine reg add "$key" /v FuncName /d "${function#*:}" /f
        done
        # What Wine does not have of WMI.
        wine reg add 'HKLM\Software\Classes\CLSID\{4590F811-1D3A-11D0-891F-00AA004B2E24}\InprocServer32' /d 'C:\lab\classes.dll' /f
        wine 'C:\lab\standin.exe' set "os.release=$release" reboot.reasons=
        rm -f "$home/counts.log"
        wineserver -k
        wineserver -w
        touch "$prefix/made"
    ) >"$lab/template-$release.log" 2>&1 {lock}>&-
    [ -e "$prefix/made" ] || { echo "no template, see $lab/template-$release.log" >&2; return 1; }
    echo "$prefix"
}
