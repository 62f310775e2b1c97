@echo off
rem Offboarding. Under its real name it carries the date until which it is valid.
C:\lab\standin.exe count offboarding-script

reg.exe query "HKLM\SOFTWARE\Microsoft\Windows Advanced Threat Protection\Status" /v OrgId 2>NUL | findstr /i "0a9c4a36-1b5d-4f5e-9c1e-8f3d2b7a6c10" >NUL 2>&1
if errorlevel 1 exit /b 70
reg.exe add "HKLM\SOFTWARE\Policies\Microsoft\Windows Advanced Threat Protection" /v 696C1FA1-4030-4FA4-8713-FAF9B2EA7C0A /t REG_SZ /f /d "{\"body\":\"{\\\"orgId\\\":\\\"0a9c4a36-1b5d-4f5e-9c1e-8f3d2b7a6c10\\\",\\\"expirationTimestamp\\\":141425568000000000}\",\"sig\":\"bGFi\"}" >NUL 2>&1
if errorlevel 1 exit /b 10
C:\lab\standin.exe count offboarding-script order

C:\lab\standin.exe await-offboarding
exit /b %ERRORLEVEL%
