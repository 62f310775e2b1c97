@echo off
rem Onboarding, in the flavour for a person at the screen: it asks, and it waits.
C:\lab\standin.exe count local-onboarding-script

:ask
set /p agreed= "Press (Y) to confirm and continue or (N) to cancel and exit: "
if /i "%agreed%"=="N" exit /b 0
if /i not "%agreed%"=="Y" goto ask

rem An offboarding that still stands goes first.
reg.exe query "HKLM\SOFTWARE\Policies\Microsoft\Windows Advanced Threat Protection" /v 696C1FA1-4030-4FA4-8713-FAF9B2EA7C0A >NUL 2>&1
if errorlevel 1 goto order
reg.exe delete "HKLM\SOFTWARE\Policies\Microsoft\Windows Advanced Threat Protection" /v 696C1FA1-4030-4FA4-8713-FAF9B2EA7C0A /f >NUL 2>&1
if errorlevel 1 exit /b 5

:order
reg.exe add "HKLM\SOFTWARE\Policies\Microsoft\Windows Advanced Threat Protection" /v OnboardingInfo /t REG_SZ /f /d "{\"body\":\"{\\\"previousOrgIds\\\":[],\\\"orgId\\\":\\\"0a9c4a36-1b5d-4f5e-9c1e-8f3d2b7a6c10\\\",\\\"geoLocationUrl\\\":\\\"https://edr.example/\\\",\\\"datacenter\\\":\\\"Lab\\\",\\\"version\\\":\\\"1.63\\\"}\",\"sig\":\"bGFi\"}" >NUL 2>&1
if errorlevel 1 exit /b 10
C:\lab\standin.exe count local-onboarding-script order

sc.exe query sense | find "RUNNING" >NUL 2>&1
if not errorlevel 1 goto state
sc.exe start sense >NUL 2>&1
if errorlevel 1 exit /b 15

:state
C:\lab\standin.exe await-onboarding
pause
exit /b %ERRORLEVEL%
