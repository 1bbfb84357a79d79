using System.ComponentModel.DataAnnotations;
using Sparsify.ServiceDefaults;

namespace Sparsify.HostWorker;

/// <summary>What a host worker works on; section <c>Sparsify:HostWorker</c>.</summary>
public sealed class HostWorkerOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Sparsify:HostWorker";

    /// <summary>The host's name; part of its queue's name.</summary>
    public string Name { get; set; } = Environment.MachineName;

    /// <summary>Jobs it runs at once; each starts an appliance of about 1.3 GB.</summary>
    [Range(1, 256)]
    public int Slots { get; set; } = 1;

    /// <summary>The folder for run logs, the journal of results, and the appliance's cache.</summary>
    [Required]
    public string Scratch { get; set; } = "/var/lib/sparsify";

    /// <summary>The storage domains it reaches: name to directory.</summary>
    public Dictionary<string, string> Domains { get; } = [];

    /// <summary>How often the storage domains are looked through.</summary>
    [DurationRange("00:00:00.2", "1.00:00:00")]
    public TimeSpan DiscoveryInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often it says that it lives, claims work, and renews leases at the latest.</summary>
    [DurationRange("00:00:00.2", "00:10:00")]
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How the appliance is run.</summary>
    public AcceleratorChoice Accelerator { get; set; } = AcceleratorChoice.Auto;

    /// <summary>How long a host whose appliance does not start waits before it tries again.</summary>
    [DurationRange("00:00:00.2", "1.00:00:00")]
    public TimeSpan ApplianceRetryInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the appliance may take to start when that is tried; the first time it is built.</summary>
    [DurationRange("00:00:01", "01:00:00")]
    public TimeSpan ApplianceStartLimit { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The program.</summary>
    [Required]
    public string VirtSparsify { get; set; } = "virt-sparsify";

    /// <summary>The libvirt that is asked for VMs, where <c>virsh</c> is installed.</summary>
    [Required]
    public string LibvirtUri { get; set; } = "qemu:///system";

    /// <summary>How long a run may take, what follows it, or a look at a disk after one: an appliance that hangs would hold the disk for ever. It gets SIGINT then, and is killed when it does not heed that.</summary>
    [DurationRange("00:00:01", "30.00:00:00")]
    public TimeSpan RunLimit { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long an attempt may look at its disk before its run: storage that hangs would hold the disk for ever. Its lease is renewed no longer then, and nothing is started.</summary>
    [DurationRange("00:00:01", "30.00:00:00")]
    public TimeSpan PreparationLimit { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>After a lost lease or the limit of a run: how long virt-sparsify may take to end on SIGINT before it is killed.</summary>
    public TimeSpan FencingGrace { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a worker that is told to stop waits for its runs to end by themselves before it interrupts them.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(10);
}
