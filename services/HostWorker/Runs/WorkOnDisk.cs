namespace Sparsify.HostWorker.Runs;

/// <summary>
/// Whether virt-sparsify left its work on a disk half done, read from its trace: exit code and messages do not tell. An
/// appliance that dies (the kernel out of memory kills the largest process) ends a run with exit code 1, as any error does,
/// or even with 0, since virt-sparsify takes some failed calls for «nothing to do here». Source: guestfs-tools
/// <c>sparsify/in_place.ml</c>; libguestfs <c>lib/proto.c</c>, <c>child_cleanup</c>.
/// </summary>
internal sealed class WorkOnDisk
{
    private const string Death = ": child process died";

    /// <summary>Calls that take vital bytes away: the header of a swap area; the layout of a volume group.</summary>
    private static readonly string[] Taking = ["blkdiscard \"", "lvcreate_free \""];

    /// <summary>The first of them writes: mounting replays a journal.</summary>
    private static readonly string[] Writing = ["mount_options \"", .. Taking];

    /// <summary>Results with which they are as before.</summary>
    private static readonly string[] Settling = ["pwrite_device = 4096", "lvremove = 0", "lvcreate_free = -1"];

    private readonly Lock _gate = new();
    private bool _begun;
    private bool _dead;
    private string? _open;

    /// <summary>The appliance died in a run that writes.</summary>
    public bool ApplianceDied
    {
        get
        {
            lock (_gate)
                return _dead && _begun;
        }
    }

    /// <summary>The call that took vital bytes away which were not put back; null when there is none.</summary>
    public string? Open
    {
        get
        {
            lock (_gate)
                return _open;
        }
    }

    /// <summary>Reads a line of the error output.</summary>
    public void See(string line)
    {
        lock (_gate)
        {
            if (RunTrace.CallIn(line) is { } call)
                SeeCall(call);
            else if (line.Contains("child_cleanup", StringComparison.Ordinal) && line.EndsWith(Death, StringComparison.Ordinal))
                _dead = true;
        }
    }

    private void SeeCall(string call)
    {
        _begun |= Starts(call, Writing);
        if (Starts(call, Taking))
            _open = call;
        // What a dead appliance had done of a call that failed is not known.
        else if (!_dead && Starts(call, Settling))
            _open = null;
    }

    private static bool Starts(string call, string[] with) => with.Any(w => call.StartsWith(w, StringComparison.Ordinal));
}
