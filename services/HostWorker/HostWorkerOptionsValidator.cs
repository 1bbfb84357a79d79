using Microsoft.Extensions.Options;
using Sparsify.Messaging;

namespace Sparsify.HostWorker;

/// <summary>Refuses a configuration that cannot work, naming each fault.</summary>
internal sealed class HostWorkerOptionsValidator : IValidateOptions<HostWorkerOptions>
{
    public ValidateOptionsResult Validate(string? name, HostWorkerOptions options)
    {
        var faults = new List<string>();
        if (!EndpointNames.IsHostName(options.Name))
            faults.Add($"{HostWorkerOptions.Section}:Name is '{options.Name}'; a host's name is 1 to {EndpointNames.MaximumHostNameLength} letters, digits, dots, hyphens or underscores.");
        if (options.Domains.Count == 0)
            faults.Add($"{HostWorkerOptions.Section}:Domains is empty; name at least one storage domain and its directory.");
        foreach (var (domain, path) in options.Domains)
        {
            if (!EndpointNames.IsHostName(domain))
                faults.Add($"{HostWorkerOptions.Section}:Domains has '{domain}'; a storage domain's name has letters, digits, dots, hyphens or underscores.");
            if (!Path.IsPathRooted(path))
                faults.Add($"{HostWorkerOptions.Section}:Domains:{domain} is '{path}'; give an absolute directory.");
        }

        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }
}
