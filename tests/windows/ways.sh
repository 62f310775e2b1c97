# The scenarios that have steps on the server, each as a server of the lab and all that its migration needs from elsewhere: what consoles
# know, what is attested, and what others do meanwhile. What sources it has sourced ./lib.sh.

# take NAME RELEASE SCENARIO [OPTION...] -- [FACT=VALUE...]: sets variables of whoever calls it to these; what nothing on a server says is
# taken from the parameters.
#
# attest=STEP: this console step is said to be done. others=FUNCTION: what others do meanwhile. by=console: the steps on the server too
# are for others. replace: Defender takes the other product's place. mode=MODE: how Defender is to end, if not active.
# assume=FACT:VALUE: of the whole estate. named: the scenario is asked for.
take() {
    name=$1 release=$2 scenario=$3 attest=() others=nobody by=cutover replace=false mode=active named=() assume=() facts=()
    shift 3
    while [ "$1" != -- ]; do
        case $1 in
            attest=*) attest+=(--attest "${1#*=}") ;;
            others=*) others=${1#*=} ;;
            by=*) by=${1#*=} ;;
            mode=*) mode=${1#*=} ;;
            assume=*) assume+=("${1#*=}") ;;
            replace) replace=true ;;
            named) named=(--scenario "$scenario") ;;
            *) echo "there is no option $1"; return 1 ;;
        esac
        shift
    done
    shift
    facts=("$@")
}

# The rest is about the server that is `on`, and the way that was taken.

# The program comes to the server, and makes its plan.
plan_way() {
    cp "$products/cutover.exe" "$home/"
    cutover facts collect --package 'C:\lab\package' -o 'C:\lab\before.json' || return 1
    plan_from before plan false || [ $? -eq 3 ]
}
# plan_from SNAPSHOT PLAN DONE: the plan for what was collected, before or after the steps in consoles were done.
plan_from() {
    parameters "$3"
    cutover plan "C:\\lab\\$1.json" "${named[@]}" --parameters 'C:\lab\parameters.yaml' --format json -o "C:\\lab\\$2.json"
}

# parameters DONE: what the consoles know, before and after the steps in them were done.
parameters() {
    local done=$1 pushed=false line
    $done || pushed=$replace
    cat >"$home/parameters.yaml" <<YAML
parameters: { workspace_id: $workspace, replace_third_party: $replace }
assume:
  network.sensor_urls: true
  policy.force_passive_enforced: false
  policy.assigned: $done
  azure.mde_integration: true
  third_party.pushed: $pushed
  exclusions.mutual: $done
  entra.policy_group: $done
  azure.unified_setting: $done
YAML
    for line in azure.vm:false azure.defender_plan:none mecm.tenant_attach:false "${assume[@]}"; do
        sed -i "/^  ${line%%:*}:/d" "$home/parameters.yaml"
        echo "  ${line%%:*}: ${line#*:}" >>"$home/parameters.yaml"
    done
}

# ---- what others do on a server, once the run has come to a step and waits

nobody() { :; }
# The step that each waits for: the journal of the run has it then.
declare -A comes_at=([deployment]=deploy-application [platform]=azure-upgrade [vendor]=remove-third-party [defender_portal]=confirm-enrollment)
until_their_step() {
    local - tries=0
    set +x
    until grep -q "\"${comes_at[$others]}\"" "$home/plan.json.journal" 2>/dev/null; do
        sleep 0.5
        tries=$((tries + 1))
        [ $tries -lt $((longest * 2)) ] || return 1
    done
}
install_and_onboard() {
    wine msiexec /i 'C:\lab\package\md4ws.msi' /quiet /norestart
    wine 'C:\Program Files\Windows Defender\MpCmdRun.exe' -SignatureUpdate
    wine cmd /d /c 'C:\lab\package\WindowsDefenderATPOnboardingScript.cmd'
}
deployment() {
    until_their_step
    wine 'C:\lab\standin.exe' agent remove "$workspace"
    [ "$1" = 2016 ] || wine 'C:\Program Files\Microsoft Security Client\Setup.exe' /u /s
    install_and_onboard
}
platform() {
    until_their_step
    [ "$1" = 2016 ] || wine 'C:\Program Files\Microsoft Security Client\Setup.exe' /u /s
    install_and_onboard
}
vendor() {
    until_their_step
    wine 'C:\lab\standin.exe' set third_party.products=
}
defender_portal() {
    until_their_step
    wine 'C:\lab\standin.exe' set attach.enrolled=true
}

# ---- the ways

third_party=(third_party.products=SentinelAgent third_party.antivirus=active)
client=(attest=create-collection attest=create-application attest=deploy-application)
replaced=(replace others=vendor attest=stop-third-party-push attest=remove-third-party)
migrated=(sense.installed=true sense.onboarded=true sense.autostart=true "sense.org=$own" mma.workspaces= mma.sensor=false
    mecm.client=true attach.enrolled=false defender.service=running defender.mode=active)

# Has `way`, a function of whoever calls this, take each.
all_ways() {
    way standalone-2012r2 2012r2 standalone-mma attest=assign-policies --
    way standalone-2016 2016 standalone-mma attest=assign-policies --
    way updates-2012r2 2012r2 standalone-mma attest=assign-policies -- update.ucrt=false update.tdh=6.3.9600.16384 os.build=6.3.9600.17031
    way feature-2016 2016 standalone-mma attest=assign-policies -- defender.feature=disabled
    way platform-2016 2016 standalone-mma attest=assign-policies -- defender.platform=4.18.1807.18075

    way third-party-2012r2 2012r2 standalone-third-party-av attest=assign-policies attest=set-mutual-exclusions mode=passive -- scep.installed=false "${third_party[@]}"
    way third-party-2016 2016 standalone-third-party-av attest=assign-policies attest=set-mutual-exclusions mode=passive -- "${third_party[@]}"
    way replaced-2012r2 2012r2 standalone-third-party-av attest=assign-policies attest=set-mutual-exclusions "${replaced[@]}" -- scep.installed=true "${third_party[@]}"
    way replaced-2016 2016 standalone-third-party-av attest=assign-policies attest=set-mutual-exclusions "${replaced[@]}" -- "${third_party[@]}"

    way scep-2012r2 2012r2 mecm-scep attest=assign-policies "${client[@]}" attest=release-endpoint-protection -- mecm.client=true
    way scep-2016 2016 mecm-scep attest=assign-policies "${client[@]}" -- mecm.client=true scep.installed=true
    way deployed-2012r2 2012r2 mecm-scep attest=assign-policies "${client[@]}" attest=release-endpoint-protection by=console others=deployment -- mecm.client=true

    way mecm-third-party-2012r2 2012r2 mecm-third-party-av "${client[@]}" attest=set-mutual-exclusions attest=release-endpoint-protection \
        mode=passive -- mecm.client=true "${third_party[@]}"
    way mecm-third-party-2016 2016 mecm-third-party-av "${client[@]}" attest=set-mutual-exclusions mode=passive -- \
        mecm.client=true "${third_party[@]}"
    way mecm-replaced-2012r2 2012r2 mecm-third-party-av "${client[@]}" attest=set-mutual-exclusions attest=author-policies "${replaced[@]}" -- \
        mecm.client=true scep.installed=false "${third_party[@]}"
    way mecm-replaced-2016 2016 mecm-third-party-av "${client[@]}" attest=set-mutual-exclusions attest=author-policies "${replaced[@]}" -- \
        mecm.client=true "${third_party[@]}"

    way arc-2012r2 2012r2 azure-defender attest=azure-upgrade others=platform assume=azure.defender_plan:p1 -- azure.arc=true update.ucrt=false
    way azure-2016 2016 azure-defender attest=enable-unified-setting attest=azure-upgrade attest=set-mutual-exclusions others=platform \
        mode=passive assume=azure.vm:true assume=azure.defender_plan:p2 -- "${third_party[@]}"
    way azure-alone-2016 2016 azure-defender attest=enable-unified-setting attest=azure-upgrade others=platform by=console \
        assume=azure.vm:true assume=azure.defender_plan:p2 --

    way attach-2012r2 2012r2 mecm-to-defender-attach named attest=assign-entra-group others=defender_portal assume=mecm.tenant_attach:true -- \
        scep.installed=false "${migrated[@]}"
    way attach-2016 2016 mecm-to-defender-attach named attest=assign-entra-group others=defender_portal assume=mecm.tenant_attach:true -- \
        "${migrated[@]}"
}
