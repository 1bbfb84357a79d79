using System.CommandLine;
using Sparsify.Cli.Verbs;

var root = new RootCommand("Finds the dead space of VM disks and gives it back with virt-sparsify.")
{
    ServeVerb.Create(),
    DoctorVerb.Create(),
    MeasureVerb.Create(),
    DisksVerb.Create(),
    AlertsVerb.Create(),
    ScanVerb.Create(),
    RunVerb.Create(),
    OperationsVerb.CreateList(),
    OperationsVerb.CreateShow(),
    CancelVerb.Create(),
    ResolveVerb.Create(),
    PoliciesVerb.Create(),
    FleetVerbs.CreateHosts(),
    FleetVerbs.CreateDomains(),
};
return await root.Parse(args).InvokeAsync();
