<#
    Reads what Cutover has to know of this server and writes it to standard output: a snapshot, one line of JSON.

    It changes nothing, needs no module and works with Windows PowerShell 4.0 and later. Run it as an administrator or as the
    system account; what it may not read it names, with the reason. Put the lines of many servers into one file that ends in
    .ndjson, or each into a file of its own that ends in .json, and give them to any command of Cutover that takes FACTS.
#>
param(
    # The folder with md4ws.msi, the onboarding script and the offboarding script; without it nothing is said of them
    [string] $Package = ''
)

$ErrorActionPreference = 'Stop'
$observed = @{}
$local = [Microsoft.Win32.RegistryHive]::LocalMachine
$machine = [Microsoft.Win32.RegistryKey]::OpenBaseKey($local, [Microsoft.Win32.RegistryView]::Registry64)
$machine32 = [Microsoft.Win32.RegistryKey]::OpenBaseKey($local, [Microsoft.Win32.RegistryView]::Registry32)
$invariant = [Globalization.CultureInfo]::InvariantCulture

function Observe([string] $Name, [scriptblock] $Read) {
    try {
        $observed[$Name] = & $Read
    } catch {
        $cause = $_.Exception.GetBaseException()
        $denied = $cause -is [UnauthorizedAccessException] -or $cause -is [Security.SecurityException] -or
            $cause.HResult -eq 0x80070005 -or $cause.HResult -eq 0x80041003
        $reason = if ($denied) { 'access denied' } else { $cause.Message }
        $observed[$Name] = @{ error = [string] $reason }
    }
}

# A process of 32 bits sees other folders under the names of these.
function Expand([string] $Path) {
    if ($Path.Contains('%PACKAGE%')) {
        if ($Package -eq '') { throw 'the folder of the package was not named' }
        $Path = $Path.Replace('%PACKAGE%', $Package)
    }
    if ([Environment]::Is64BitOperatingSystem -and -not [Environment]::Is64BitProcess) {
        $Path = $Path -replace '^(%SystemRoot%|%windir%)\\System32\\', '$1\Sysnative\'
        $Path = $Path -replace '^%ProgramFiles%\\', '%ProgramW6432%\'
    }
    return [Environment]::ExpandEnvironmentVariables($Path)
}

# With an asterisk in the name, the file whose name comes last.
function Find([string] $Path) {
    $full = Expand $Path
    $name = [IO.Path]::GetFileName($full)
    try {
        if (-not $name.Contains('*')) {
            [void] [IO.File]::GetAttributes($full)
            return $full
        }
        $files = [IO.Directory]::GetFiles($full.Substring(0, $full.Length - $name.Length), $name)
        [Array]::Sort($files, [StringComparer]::OrdinalIgnoreCase)
        if ($files.Length -eq 0) { return $null }
        return $files[$files.Length - 1]
    } catch {
        $cause = $_.Exception.GetBaseException()
        if ($cause -is [IO.FileNotFoundException] -or $cause -is [IO.DirectoryNotFoundException]) { return $null }
        throw
    }
}

function Get-NumericVersion([string] $Path) {
    $info = [Diagnostics.FileVersionInfo]::GetVersionInfo($Path)
    if ($info.FileMajorPart + $info.FileMinorPart + $info.FileBuildPart + $info.FilePrivatePart -eq 0) { return $null }
    return '{0}.{1}.{2}.{3}' -f $info.FileMajorPart, $info.FileMinorPart, $info.FileBuildPart, $info.FilePrivatePart
}

function Read-File([string] $Path) {
    $full = Find $Path
    if ($null -eq $full) { return $null }
    return @{ version = (Get-NumericVersion $full) }
}

function Read-Service([string] $Name) {
    $key = $machine.OpenSubKey('SYSTEM\CurrentControlSet\Services\' + $Name)
    $listed = @(Get-Service | Where-Object { $_.Name -eq $Name })
    if ($listed.Count -eq 0) {
        if ($null -eq $key) { return $null }
        throw 'the service manager does not list it, and its key is there'
    }
    $image = if ($null -eq $key) { '' } else { [string] $key.GetValue('ImagePath') }
    $program = if ($image -match '^\s*"([^"]+)"') { $Matches[1] } elseif ($image -match '^\s*(.+?\.exe)\b') { $Matches[1] } else { $image }
    $file = if ($program -eq '') { $null } else { Find $program }
    $version = if ($null -eq $file) { $null } else { Get-NumericVersion $file }
    return @{ state = $listed[0].Status.ToString().ToLowerInvariant(); image = $image; version = $version }
}

function Read-Services {
    $all = @(foreach ($one in Get-Service) { @{ name = $one.Name; state = $one.Status.ToString().ToLowerInvariant() } })
    return , $all
}

function Open-Key([string] $Key) {
    return $machine.OpenSubKey(($Key -replace '^HKLM\\', ''))
}

function Read-Key([string] $Key) {
    if ($null -eq (Open-Key $Key)) { return $null }
    return $true
}

function Read-Value([string] $Key, [string] $Name) {
    $open = Open-Key $Key
    if ($null -eq $open -or $open.GetValueNames() -notcontains $Name) { return $null }
    $value = $open.GetValue($Name, $null, [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
    switch ($open.GetValueKind($Name).ToString()) {
        'DWord' { return ([long] $value -band 4294967295) }
        'QWord' { return $value }
        'String' { return [string] $value }
        'ExpandString' { return [string] $value }
        'MultiString' { return , @($value) }
        default { return @{ binary = $_ } }
    }
}

function Read-Names([string] $Key) {
    $open = Open-Key $Key
    if ($null -eq $open) { return $null }
    return , $open.GetValueNames()
}

function Read-Software {
    $all = @(foreach ($view in $machine, $machine32) {
        $uninstall = $view.OpenSubKey('SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall')
        if ($null -eq $uninstall) { continue }
        foreach ($name in $uninstall.GetSubKeyNames()) {
            $entry = $uninstall.OpenSubKey($name)
            $shown = [string] $entry.GetValue('DisplayName')
            if ($shown -ne '') { @{ key = $name; name = $shown; publisher = [string] $entry.GetValue('Publisher') } }
        }
    })
    return , $all
}

function Read-Updates {
    $all = @(foreach ($one in Get-CimInstance -ClassName Win32_QuickFixEngineering) { [string] $one.HotFixID })
    return , $all
}

function Read-Filters {
    $states = @{}
    foreach ($one in Get-CimInstance -ClassName Win32_SystemDriver) { $states[$one.Name] = $one.State.ToLowerInvariant() }
    $services = $machine.OpenSubKey('SYSTEM\CurrentControlSet\Services')
    $all = @(foreach ($name in $services.GetSubKeyNames()) {
        $instances = $services.OpenSubKey($name + '\Instances')
        if ($null -eq $instances) { continue }
        foreach ($instance in $instances.GetSubKeyNames()) {
            $altitude = [string] $instances.OpenSubKey($instance).GetValue('Altitude')
            @{ name = $name; altitude = $altitude; state = [string] $states[$name] }
        }
    })
    return , $all
}

function Read-Process([string] $Name) {
    $short = $Name -replace '\.exe$', ''
    if ([Diagnostics.Process]::GetProcessesByName($short).Length -eq 0) { return $null }
    return $true
}

function Read-Wmi([string] $Namespace, [string] $Class, [string] $Filter, [string[]] $Properties) {
    try {
        $query = @{ Namespace = $Namespace; ClassName = $Class }
        if ($Filter -ne '') { $query['Filter'] = $Filter }
        $rows = @(Get-CimInstance @query)
    } catch {
        # The class or its namespace is not there. Where one instance of many is asked for, that says nothing of the instance.
        $gone = 'InvalidNamespace', 'InvalidClass', 'NotFound' -contains [string] $_.Exception.NativeErrorCode
        if ($gone -and $Filter -eq '') { return $null }
        if ($gone) { throw 'there is no such class' }
        throw
    }
    if ($rows.Count -eq 0) { return $null }
    $found = @{}
    foreach ($property in $Properties) { $found[$property] = $rows[0].$property }
    return $found
}

function Read-Call([string] $Namespace, [string] $Class, [string] $Method, [string[]] $Properties) {
    if ($null -eq (Find-Namespace $Namespace)) { return $null }
    $answer = ([System.Management.ManagementClass] ($Namespace + ':' + $Class)).InvokeMethod($Method, $null, $null)
    $found = @{}
    foreach ($property in $Properties) { $found[$property] = $answer.Properties[$property].Value }
    return $found
}

function Find-Namespace([string] $Namespace) {
    $at = $Namespace.LastIndexOf('\')
    if ($at -lt 0) { return $Namespace }
    $above = $Namespace.Substring(0, $at)
    if ($null -eq (Find-Namespace $above)) { return $null }
    $names = foreach ($one in Get-CimInstance -Namespace $above -ClassName __NAMESPACE) { $one.Name }
    if ($names -contains $Namespace.Substring($at + 1)) { return $Namespace }
    return $null
}

function Read-Com([string] $Class, [string] $Method, [string] $Property) {
    $type = [Type]::GetTypeFromProgID($Class)
    if ($null -eq $type) { return $null }
    $object = [Activator]::CreateInstance($type)
    $all = @(foreach ($one in $object.$Method()) { [string] $one.$Property })
    return , $all
}

function Read-Signature([string] $Path) {
    $full = Find $Path
    if ($null -eq $full) { return $null }
    $signature = Get-AuthenticodeSignature -LiteralPath $full
    if ([string] $signature.Status -ne 'Valid') { return $signature.Status.ToString().ToLowerInvariant() }
    $simple = [Security.Cryptography.X509Certificates.X509NameType]::SimpleName
    if ($signature.SignerCertificate.GetNameInfo($simple, $false) -ne 'Microsoft Corporation') { return 'othersigner' }
    return 'valid'
}

function Read-Match([string] $Path, [string] $Pattern) {
    $full = Find $Path
    if ($null -eq $full) { return $null }
    foreach ($line in [IO.File]::ReadAllLines($full)) {
        $found = [regex]::Match($line, $Pattern, [Text.RegularExpressions.RegexOptions]::IgnoreCase)
        if (-not $found.Success) { continue }
        if ($found.Groups.Count -gt 1) { return $found.Groups[1].Value }
        return $true
    }
    return $false
}

function Read-ValidUntil([string] $Path) {
    $full = Find $Path
    if ($null -eq $full) { return $null }
    $day = [regex]::Match([IO.Path]::GetFileName($full), '\d{4}-\d{2}-\d{2}').Value
    return @{ until = $day; today = [DateTime]::UtcNow.ToString('yyyy-MM-dd', $invariant) }
}

function Read-Started([string] $Format) {
    return (Get-CimInstance -ClassName Win32_OperatingSystem).LastBootUpTime.ToString($Format, $invariant)
}

# Written here, since what ConvertTo-Json makes of a list differs from version to version.
function Get-Json($Value) {
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [bool]) { return $Value.ToString().ToLowerInvariant() }
    if ($Value -is [Collections.IDictionary]) {
        $parts = foreach ($key in @($Value.Keys | Sort-Object)) { (Get-Json ([string] $key)) + ':' + (Get-Json $Value[$key]) }
        return '{' + (@($parts) -join ',') + '}'
    }
    if ($Value -is [array]) {
        $parts = foreach ($item in $Value) { Get-Json $item }
        return '[' + (@($parts) -join ',') + ']'
    }
    if ($Value -is [ValueType] -and $Value -isnot [char] -and $Value -isnot [DateTime]) { return $Value.ToString($invariant) }
    $escaped = [regex]::Replace([string] $Value, '[^\x20-\x7e]|["\\]', { param($one) '\u{0:x4}' -f [int] [char] $one.Value })
    return '"' + $escaped + '"'
}

#OBSERVATIONS

$network = [Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties()
$name = if ($network.DomainName -eq '') { $network.HostName } else { $network.HostName + '.' + $network.DomainName }
$taken = [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', $invariant)
'{"schema":"cutover/snapshot/v1","host":' + (Get-Json $name) + ',"taken_at":"' + $taken + '","source":"facts collector","observed":' +
    (Get-Json $observed) + '}'
